package event

// Hash is a running FNV-1a sum over the events of a run, word by word. Two
// runs with the same seed have the same hash; a difference means that
// something outside the seed decided.
type Hash uint64

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// Add takes one event into the sum.
func (h Hash) Add(e *Event) Hash {
	x := uint64(h)
	if x == 0 {
		x = fnvOffset
	}
	for _, w := range [...]uint64{
		uint64(e.Time), uint64(e.N), e.Addr, uint64(e.G), uint64(e.By),
		uint64(uint32(e.M))<<32 | uint64(uint32(e.P)),
		uint64(uint32(e.P2))<<32 | uint64(e.Kind)<<24 | uint64(e.From)<<16 | uint64(e.To)<<8 | uint64(e.Reason),
	} {
		x = (x ^ w) * fnvPrime
		x ^= x >> 29
	}
	for i := 0; i < len(e.Name); i++ {
		x = (x ^ uint64(e.Name[i])) * fnvPrime
	}
	return Hash(x)
}

// Log is a run, or its beginning: the state before the first event, and the
// events. A log is owned by one goroutine.
type Log struct {
	Start  Snapshot
	Events []Event
	Hash   Hash  // over all events, kept or not
	Total  int64 // events seen
	Max    int   // events kept; 0 for all
	// Holders tells of Parked events, by their index in Events, which G held
	// the lock that is waited for. It is known to who makes the log, not told
	// by the events, and not part of the hash.
	Holders map[int]int64
	// Frames tells in the same way what calls lie on the stack of the event's
	// G, the innermost first.
	Frames map[int][]string
}

// Add appends an event, or only counts it once Max are kept.
func (l *Log) Add(e Event) {
	l.Hash = l.Hash.Add(&e)
	l.Total++
	if l.Max == 0 || len(l.Events) < l.Max {
		l.Events = append(l.Events, e)
	}
}

// Step is one row of a story: what is said of it, the events it consists of,
// and the state it leads to.
type Step struct {
	Note   string // the author's sentence, may be empty
	Events []Event
	After  Snapshot
}

// Story is what a renderer draws: a title, the state it starts from, and the
// steps.
type Story struct {
	Name   string
	ID     string // names the story on a page that may hold several; letters, digits and hyphens
	Title  string
	Intro  string
	Start  Snapshot
	Steps  []Step
	Source []string // the program's lines, when there is one
}
