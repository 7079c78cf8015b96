package event

// Reason is why a G waits.
// go1.26.8 runtime/runtime2.go:1223 waitReasonZero
type Reason uint8

// The reasons a program meets, with the runtime's own texts.
// go1.26.8 runtime/runtime2.go:1272 waitReasonStrings
const (
	NoReason Reason = iota
	IOWait
	GCSweepWait
	GCScavengeWait
	FinalizerWait
	ForceGCIdle
	UpdaterIdle
	Semacquire
	Sleep
	ChanReceiveNil
	ChanSendNil
	SelectNoCases
	Select
	ChanReceive
	ChanSend
	CondWait
	MutexLock
	RWMutexRLock
	RWMutexLock
	WaitGroupWait
	Coroutine
	GCWorkerIdle
	GCAssistWait
	CycleWait
	PreemptedWait
	reasons
)

var reasonTexts = [reasons]string{"", "IO wait", "GC sweep wait", "GC scavenge wait",
	"finalizer wait", "force gc (idle)", "GOMAXPROCS updater (idle)", "semacquire",
	"sleep", "chan receive (nil chan)", "chan send (nil chan)", "select (no cases)",
	"select", "chan receive", "chan send", "sync.Cond.Wait", "sync.Mutex.Lock",
	"sync.RWMutex.RLock", "sync.RWMutex.Lock", "sync.WaitGroup.Wait", "coroutine",
	"GC worker (idle)", "GC assist wait", "wait for GC cycle", "preempted"}

// String is the runtime's text of the reason, as a goroutine dump prints it.
func (r Reason) String() string {
	if r < reasons {
		return reasonTexts[r]
	}
	return "unknown wait reason"
}

// ParseReason finds the reason with that text.
func ParseReason(s string) (Reason, bool) {
	for i, t := range reasonTexts {
		if t == s {
			return Reason(i), true
		}
	}
	return NoReason, false
}
