package stream

import (
	"sync"
	"unicode/utf8"
)

// queue holds what one key has written and not yet published.
type queue struct {
	b   *Batcher
	key any

	mu      sync.Mutex
	changed *sync.Cond // publishing has become false, or runs has been taken
	runs    []run      // in the order written; neighbours differ in name
	size    int        // bytes in runs
	spare   []run      // what runs becomes when it is taken
	// publishing is true while one goroutine is between taking runs and
	// having published them: the next one waits, which is what keeps the order.
	publishing bool
	armed      bool // a timer is set: what is written now waits for it
	timer      Timer
	writers    int   // goroutines inside write
	over       bool  // flushed for good; a writer must open a new queue
	cut        []run // the first bytes of a rune, for each name
}

// run is bytes that one stream was given in a row.
type run struct {
	name string
	text []byte
}

func newQueue(b *Batcher, key any) *queue {
	q := &queue{b: b, key: key}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// write reports false when the queue is over; nothing was taken then.
func (q *queue) write(name string, p []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over {
		return false
	}
	q.writers++
	defer func() { q.writers-- }()
	limit := q.b.c.MaxBytes
	for len(p) > 0 {
		// What fits in a message is taken whole, so that lines of several
		// goroutines do not mix.
		n := min(len(p), limit)
		switch {
		case q.size+n <= limit:
			q.add(name, p[:n])
			p = p[n:]
		case q.publishing:
			q.changed.Wait()
		default:
			q.publish(false)
		}
	}
	// A goroutine that is publishing sets the timer when it is done.
	if !q.publishing && (q.size >= limit || !q.armed) {
		q.publish(false)
	}
	return true
}

func (q *queue) add(name string, p []byte) {
	q.size += len(p)
	n := len(q.runs)
	if n > 0 && q.runs[n-1].name == name {
		q.runs[n-1].text = append(q.runs[n-1].text, p...)
		return
	}
	if n < cap(q.runs) {
		q.runs = q.runs[:n+1]
		q.runs[n] = run{name, append(q.runs[n].text[:0], p...)}
		return
	}
	q.runs = append(q.runs, run{name, append([]byte(nil), p...)})
}

// publish sends what is held; mu is held on entry and on return, but not while
// Publish runs. Only a caller that found publishing false may call it. It makes
// one round, so that a caller of Flush is not kept by those who go on writing.
// A final round also gives up on runes that are not complete.
func (q *queue) publish(final bool) {
	q.publishing = true
	runs := q.runs
	q.runs, q.spare = q.spare[:0], nil
	q.size = 0
	q.changed.Broadcast()
	q.mu.Unlock()
	for _, r := range runs {
		q.send(r)
	}
	if final {
		for _, c := range q.cut {
			q.emit(c.name, c.text)
		}
		q.cut = nil
	}
	q.mu.Lock()
	q.spare = keep(runs)
	q.publishing = false
	q.changed.Broadcast()
	q.arm()
}

// keep returns the storage of runs for the next time, but not of all: a key that alternates once need not keep it.
func keep(runs []run) []run {
	const most = 2
	return runs[:0:min(cap(runs), most)]
}

// arm starts the interval in which what is written is gathered.
func (q *queue) arm() {
	if q.armed || q.over {
		return
	}
	if q.armed = q.b.owe(); q.armed {
		q.timer = q.b.c.Clock.AfterFunc(q.b.c.Interval, q.tick)
	}
}

func (q *queue) tick() {
	defer q.b.timers.Done()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.armed = false
	switch {
	case q.size == 0:
	case q.publishing:
		// A slow reader: the publisher arms again, the bytes wait for that.
	default:
		q.publish(false)
	}
}

func (q *queue) flush() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.publishing {
		q.changed.Wait()
	}
	if q.size > 0 {
		q.publish(false)
	}
}

// end flushes for good and reports whether the queue is over. It is not when
// somebody writes at the same time: that text has a place to go, and a second
// queue of the same key could overtake it.
func (q *queue) end() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.publishing {
		q.changed.Wait()
	}
	q.publish(true)
	q.over = q.size == 0 && q.writers == 0 && !q.publishing
	if q.over && q.armed && q.timer.Stop() {
		q.armed = false
		q.b.timers.Done()
	}
	return q.over
}

// send publishes one run in messages of whole runes. Only the goroutine that
// set publishing calls it, so cut needs no lock.
func (q *queue) send(r run) {
	text := r.text
	c := q.cutOf(r.name)
	if len(c.text) > 0 {
		text = append(c.text, text...)
	}
	whole := wholeRunes(text)
	rest := text[whole:]
	q.emit(r.name, text[:whole])
	c.text = append([]byte(nil), rest...)
}

func (q *queue) emit(name string, text []byte) {
	for s := toValid(text); s != ""; {
		n := cutAt(s, q.b.c.MaxBytes)
		q.b.publish(q.key, name, s[:n])
		s = s[n:]
	}
}

func (q *queue) cutOf(name string) *run {
	for i := range q.cut {
		if q.cut[i].name == name {
			return &q.cut[i]
		}
	}
	q.cut = append(q.cut, run{name: name})
	return &q.cut[len(q.cut)-1]
}

// wholeRunes returns how much of p does not end inside a rune.
func wholeRunes(p []byte) int {
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				return i
			}
			break
		}
	}
	return len(p)
}

// toValid makes each byte that is no part of a rune U+FFFD, as a conversion to
// []rune does, so that a cut between messages changes nothing.
func toValid(p []byte) string {
	if utf8.Valid(p) {
		return string(p)
	}
	return string([]rune(string(p)))
}

// cutAt returns the largest n ≤ most at which s can be cut between runes.
func cutAt(s string, most int) int {
	if len(s) <= most {
		return len(s)
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}
