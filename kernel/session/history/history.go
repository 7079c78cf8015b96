// Package history keeps the inputs and outputs of cells: those of the running
// session in memory, those of all sessions of one user in a directory. It
// answers the questions of history_request and knows no message format, which
// is runnext/kernel/wire.
//
// Every session appends to a file of its own, so that several kernels share a
// directory without locks, and a file that is damaged costs one session.
package history

import (
	"slices"
	"sync"
)

// Entry is one cell as it was run.
type Entry struct {
	Session int // 0 is the running session in the answer to [Log.Range]
	Line    int // execution count
	Input   string
	Output  string // text/plain of the cell's value
	Valued  bool   // the cell had a value
}

// Config holds what a [Log] needs. The zero value keeps the running session
// in memory and has no earlier ones.
type Config struct {
	Dir string // created when the first cell is stored; "" stores nothing
	// Report is told at most once that the directory cannot be written and at
	// most once that something in it cannot be read. It is called from the
	// goroutine that noticed, and may be nil.
	Report func(error)
	// Create makes the file of a session and fails with [fs.ErrExist] when
	// another kernel was faster; nil means the file system.
	Create func(path string) (File, error)
}

// Log is the history of one session and a view of the earlier ones. Its
// methods may be called from any goroutine.
type Log struct {
	mu    sync.Mutex
	store store
	cells []Entry // of the running session, by the time they were started
}

// Open gives the log of a new session. Nothing is read or written before it
// is needed.
func Open(c Config) *Log {
	return &Log{store: store{config: c}}
}

// Input notes that a cell is about to run.
func (l *Log) Input(line int, code string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cells = append(l.cells, Entry{Line: line, Input: code})
	l.store.append(record{Line: line, Input: &code})
}

// Output notes the value of a cell whose Input was noted before.
func (l *Log) Output(line int, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.cells) - 1; i >= 0; i-- {
		if c := &l.cells[i]; c.Line == line {
			c.Output, c.Valued = text, true
			l.store.append(record{Line: line, Output: &text})
			return
		}
	}
}

// Close writes what could not be written yet and lets the file go.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.close()
}

// Range gives the cells start to stop-1 of one session (jupyter messaging 5.5,
// history): session 0 is the running one, negative ones count back from it.
// A stop of nil means to the end. In the running session negative places
// count from its end, as in IPython.
func (l *Log) Range(session, start int, stop *int) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.own()
	if session < 0 {
		if session += own; session <= 0 {
			return nil
		}
	}
	if session != 0 && session != own {
		return between(l.store.read(session), start, stop)
	}
	end := 1
	if n := len(l.cells); n > 0 {
		end = l.cells[n-1].Line + 1
	}
	if start < 0 {
		start += end
	}
	if stop != nil && *stop < 0 {
		stop = new(*stop + end)
	}
	cells := slices.Clone(l.cells)
	for i := range cells {
		cells[i].Session = session
	}
	return between(cells, start, stop)
}

// own gives the number of the running session, or, while nothing of it is
// stored, the one it would get. l.mu is held.
func (l *Log) own() int {
	if l.store.number != 0 {
		return l.store.number
	}
	return l.store.last() + 1
}

func between(all []Entry, start int, stop *int) []Entry {
	return slices.DeleteFunc(all, func(e Entry) bool {
		return e.Line < start || stop != nil && e.Line >= *stop
	})
}

// Tail gives the last n cells of all sessions, the oldest first.
func (l *Log) Tail(n int) []Entry {
	return l.latest(n, func(Entry) bool { return true })
}

// Search gives the last n cells whose input as a whole matches the glob
// pattern, the oldest first; n < 0 means all. With unique, of equal inputs
// only the latest is given.
func (l *Log) Search(pattern string, n int, unique bool) []Entry {
	g := compile(pattern)
	seen := make(map[string]bool)
	return l.latest(n, func(e Entry) bool {
		if !g.match(e.Input) || unique && seen[e.Input] {
			return false
		}
		if unique {
			seen[e.Input] = true
		}
		return true
	})
}

// latest walks back from the newest cell and keeps up to n of those wanted.
func (l *Log) latest(n int, wanted func(Entry) bool) []Entry {
	l.mu.Lock()
	own, cells, sessions := l.own(), slices.Clone(l.cells), l.store.sessions()
	l.mu.Unlock()

	var found []Entry
	take := func(cells []Entry) (full bool) {
		for _, e := range slices.Backward(cells) {
			if n >= 0 && len(found) >= n {
				return true
			}
			if wanted(e) {
				found = append(found, e)
			}
		}
		return n >= 0 && len(found) >= n
	}
	for i := range cells {
		cells[i].Session = own
	}
	if !take(cells) {
		for _, s := range slices.Backward(sessions) {
			if s != own && take(l.store.read(s)) {
				break
			}
		}
	}
	slices.Reverse(found)
	return found
}
