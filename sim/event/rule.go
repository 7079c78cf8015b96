package event

// Rule names the rule of the runtime that decided an event. [Rule.Text] says
// it in a sentence, [Rule.Source] where it stands.
type Rule uint8

// The rules.
const (
	NoRule Rule = iota
	NewProc
	Kick
	Overflow
	RingTail
	GlobalTail
	ReadyNext
	RunNextFirst
	RingHead
	Global61
	GlobalBatch
	PollReady
	StealHalf
	StealRunNext
	ParkRule
	GoschedRule
	GoyieldRule
	PreemptRule
	SliceRule
	GoexitRule
	MainReturns
	EnterCall
	ExitCall
	ExitCallIdleP
	ExitCallNoP
	RetakeRule
	HandoffRule
	WakepRule
	SpinRule
	StopmRule
	PollBlock
	TimerRule
	StackRule
	LockRule
	LockedRun
	CloseRule
	DirectHand
	CheckdeadRule
	MarkRule
	BlockedCall
	CoroNew
	CoroSwitch
	SteerRule
	StopRule
	StartRule
	DestroyRule
	GCStartRule
	GCEndRule
	DedicatedRule
	FractionalRule
	IdleWorkerRule
	AssistRule
	AssistPaid
	ScanRule
	SafePointRule
	DrainRule
	ScavengeRule
	ForceRule
	rules
)

type rule struct{ name, text, source string }

// The sources are checked against the runtime's own tree by TestCitations.
var ruleTable = [rules]rule{
	NoRule:         {"none", "", ""},
	NewProc:        {"newproc", "a new G is put in runnext of its creator's P, and the creator keeps running", "go1.26.8 runtime/proc.go:5295 newproc"},
	Kick:           {"kick", "runnext was taken, so the G that sat there is kicked out to the tail of the ring", "go1.26.8 runtime/proc.go:7478 runqput"},
	Overflow:       {"overflow", "the ring was full, so its first half and the G being put go to the global queue", "go1.26.8 runtime/proc.go:7524 runqputslow"},
	RingTail:       {"ringtail", "it is appended to the tail of the ring", "go1.26.8 runtime/proc.go:7478 runqput"},
	GlobalTail:     {"globaltail", "it is appended to the tail of the global queue", "go1.26.8 runtime/proc.go:7249 globrunqput"},
	ReadyNext:      {"ready", "a G that is woken is put in runnext of its waker's P, and the waker keeps running", "go1.26.8 runtime/proc.go:1120 ready"},
	RunNextFirst:   {"runnext", "runnext goes first and inherits what is left of the time slice, so schedtick stands still", "go1.26.8 runtime/proc.go:7598 runqget"},
	RingHead:       {"ringhead", "runnext is empty, so the head of the ring runs; a new slice begins, schedtick goes up by one", "go1.26.8 runtime/proc.go:7598 runqget"},
	Global61:       {"global61", "schedtick is a multiple of 61, so one G is taken from the global queue first", "go1.26.8 runtime/proc.go:3443 schedtick%61"},
	GlobalBatch:    {"globalbatch", "runnext and ring are empty, so a batch comes from the global queue: its first G runs, the others go to the ring", "go1.26.8 runtime/proc.go:7293 globrunqgetbatch"},
	PollReady:      {"pollready", "the netpoller says that what the G waited for has come", "go1.26.8 runtime/proc.go:4045 injectglist"},
	StealHalf:      {"steal", "with nothing of its own, the P takes half of another P's ring and runs the last one it took", "go1.26.8 runtime/proc.go:7730 runqsteal"},
	StealRunNext:   {"stealrunnext", "in the last round of stealing even another P's runnext may be taken", "go1.26.8 runtime/proc.go:7662 runqgrab"},
	ParkRule:       {"park", "the G waits and stands in no queue; its P looks for the next one", "go1.26.8 runtime/proc.go:4253 park_m"},
	GoschedRule:    {"gosched", "Gosched puts the G at the tail of the global queue, not of the ring", "go1.26.8 runtime/proc.go:4307 goschedImpl"},
	GoyieldRule:    {"goyield", "after handing a lock over, the G goes to the tail of the ring", "go1.26.8 runtime/proc.go:4456 goyield_m"},
	PreemptRule:    {"preempt", "the G was asked to yield: it goes to the tail of the global queue", "go1.26.8 runtime/proc.go:4361 gopreempt_m"},
	SliceRule:      {"slice", "sysmon saw the same schedtick for 10 ms or more, so it asks the G to yield", "go1.26.8 runtime/proc.go:6630 retake"},
	GoexitRule:     {"goexit", "the G has returned; it is dead and may be used again for a later go statement", "go1.26.8 runtime/proc.go:4503 gdestroy"},
	MainReturns:    {"mainreturns", "main has returned: the program ends, whatever else is still there", "go1.26.8 runtime/proc.go:149 main"},
	EnterCall:      {"entersyscall", "the G enters a system call; the P stays with its M for now", "go1.26.8 runtime/proc.go:4627 reentersyscall"},
	ExitCall:       {"exitsyscall", "the P is still there, so the G just goes on", "go1.26.8 runtime/proc.go:4883 exitsyscall"},
	ExitCallIdleP:  {"exitidlep", "the P was taken meanwhile; an idle P is found, and the G goes on", "go1.26.8 runtime/proc.go:5033 exitsyscallTryGetP"},
	ExitCallNoP:    {"exitnop", "the P was taken and none is idle: the G goes to the global queue and its M to sleep", "go1.26.8 runtime/proc.go:5067 exitsyscallNoP"},
	RetakeRule:     {"retake", "sysmon takes the P away from an M that has been in a system call too long", "go1.26.8 runtime/proc.go:6630 retake"},
	HandoffRule:    {"handoff", "the P is handed to another M, so that its other Gs can run", "go1.26.8 runtime/proc.go:3131 handoffp"},
	WakepRule:      {"wakep", "there is new work, a P is idle and no M is looking for work: one M is woken to look", "go1.26.8 runtime/proc.go:3212 wakep"},
	SpinRule:       {"spin", "the M has found nothing and looks around at the other Ps", "go1.26.8 runtime/proc.go:1073 becomeSpinning"},
	StopmRule:      {"stopm", "there is nothing to run: the M gives up its P and sleeps", "go1.26.8 runtime/proc.go:2992 stopm"},
	PollBlock:      {"pollblock", "there is nothing to run: the M gives up its P and waits in the netpoller for the next timer or for input", "go1.26.8 runtime/proc.go:3732 netpollinited"},
	TimerRule:      {"timer", "a timer of this P has expired; the scheduler runs its function before it picks a G", "go1.26.8 runtime/time.go:1009 check"},
	StackRule:      {"newstack", "the stack is too small for the next call: it is copied to one twice the size", "go1.26.8 runtime/stack.go:1055 newstack"},
	LockRule:       {"lockosthread", "the G is wired to its M: no other M may run it, and this M runs nothing else", "go1.26.8 runtime/proc.go:5623 LockOSThread"},
	LockedRun:      {"startlockedm", "this G is wired to another M, so the P is handed to that one", "go1.26.8 runtime/proc.go:3278 startlockedm"},
	CloseRule:      {"closechan", "closing wakes all waiters", "go1.26.8 runtime/chan.go:414 closechan"},
	DirectHand:     {"direct", "the G is handed to the P without a queue", "go1.26.8 runtime/proc.go:3331 execute"},
	CheckdeadRule:  {"checkdead", "no M runs anything and no timer is set: nobody could ever wake a G again", "go1.26.8 runtime/proc.go:6367 checkdead"},
	MarkRule:       {"label", "", ""},
	CoroNew:        {"newcoro", "iter.Pull makes a coroutine: a G that waits in no queue until it is switched to", "go1.26.8 runtime/coro.go:42 newcoro"},
	CoroSwitch:     {"coroswitch", "one side of a coroutine stops and the other goes on at once: no queue is touched, and the slice goes on", "go1.26.8 runtime/coro.go:109 coroswitch_m"},
	SteerRule:      {"steer", "this schedule was chosen, not drawn by the scheduler's rules", "go1.26.8 runtime/proc.go:3331 execute"},
	BlockedCall:    {"entersyscallblock", "the G enters a call that is known to block: the P is handed off at once", "go1.26.8 runtime/proc.go:4791 entersyscallblock"},
	StopRule:       {"stoptheworld", "the world stops: idle Ps are taken, what runs is asked to yield and stays in runnext of its P", "go1.26.8 runtime/proc.go:1628 stopTheWorldWithSema"},
	StartRule:      {"starttheworld", "the world goes on: Ps with work get the M they had, and one more M is woken to look", "go1.26.8 runtime/proc.go:1760 startTheWorldWithSema"},
	GCStartRule:    {"gcstart", "a collection begins: the mark workers are made, the world is stopped and goes on with marking under way", "go1.26.8 runtime/mgc.go:733 gcStart"},
	GCEndRule:      {"gcend", "nothing is left to mark: the world is stopped, those that waited for the collection go on, and sweeping begins", "go1.26.8 runtime/mgc.go:1344 gcMarkTermination"},
	DedicatedRule:  {"gcdedicated", "a quarter of the Ps mark and do nothing else; this one runs a dedicated mark worker before any other G", "go1.26.8 runtime/mgcpacer.go:861 findRunnableGCWorker"},
	FractionalRule: {"gcfractional", "a quarter of the Ps is no whole number, so each P marks for a share of its time; this one is behind", "go1.26.8 runtime/mgcpacer.go:764 assignWaitingGCWorker"},
	IdleWorkerRule: {"gcidle", "the P has nothing else to do, so it marks until it has", "go1.26.8 runtime/mgcpacer.go:1439 addIdleMarkWorker"},
	AssistRule:     {"gcassist", "who allocates while marking goes on has to mark as well, in proportion", "go1.26.8 runtime/mgcmark.go:499 gcAssistAlloc"},
	AssistPaid:     {"gccredit", "a worker has marked enough for it; it goes to the tail of the ring, not to runnext", "go1.26.8 runtime/mgcmark.go:836 gcFlushBgCredit"},
	ScanRule:       {"suspend", "its stack is to be scanned, so it has to stop for a moment", "go1.26.8 runtime/preempt.go:106 suspendG"},
	SafePointRule:  {"safepoint", "all Ps have to pass a safe point: what runs is asked to yield", "go1.26.8 runtime/proc.go:2111 forEachP"},
	DrainRule:      {"runqdrain", "a dedicated worker does not yield: the Gs that wait on its P go to the global queue instead", "go1.26.8 runtime/proc.go:7623 runqdrain"},
	ScavengeRule:   {"scavenge", "the scavenger looks whether memory can be given back", "go1.26.8 runtime/mgcscavenge.go:436 wake"},
	ForceRule:      {"forcegc", "there was no collection for two minutes: sysmon starts one", "go1.26.8 runtime/proc.go:366 forcegchelper"},
	DestroyRule:    {"procdestroy", "its P is gone: it goes to the head of the global queue", "go1.26.8 runtime/proc.go:5947 destroy"},
}

// String is the rule's word in the text form.
func (r Rule) String() string {
	if r < rules {
		return ruleTable[r].name
	}
	return "none"
}

// Text says the rule in a clause, lower case and without a full stop.
func (r Rule) Text() string {
	if r < rules {
		return ruleTable[r].text
	}
	return ""
}

// Source cites the line of the runtime that holds the rule, "" when there is
// none.
func (r Rule) Source() string {
	if r < rules {
		return ruleTable[r].source
	}
	return ""
}

// ParseRule finds a rule by its word.
func ParseRule(s string) (Rule, bool) {
	for i := range ruleTable {
		if ruleTable[i].name == s {
			return Rule(i), true
		}
	}
	return NoRule, false
}
