package main

import (
	"slices"
	"strconv"
	"strings"
)

// tally counts what happens in one run, real or simulated, in the same words.
// Times are nanoseconds from the beginning of main.
type tally struct {
	created, starts, blocks, yields, preempted int
	moved, retakes, lost                       int
	threads                                    int
	end                                        int64
	said                                       string // what the program printed

	queuedOn map[int64]int32 // the P on which a G became runnable
	runs     map[int64]stretch
	ms       map[int64]bool
	byP      map[int32]int64
	slices   []float64 // ms, of stretches that a preemption ended
}

// stretch is a G on a P.
type stretch struct {
	p    int32
	from int64
}

func newTally() *tally {
	return &tally{queuedOn: map[int64]int32{}, runs: map[int64]stretch{}, ms: map[int64]bool{}, byP: map[int32]int64{}}
}

func (t *tally) create(g int64, p int32) {
	t.created++
	t.queuedOn[g] = p
}

func (t *tally) ready(g int64, p int32) { t.queuedOn[g] = p }

// start puts g on p. From is the P whose queue it was in, -1 for none.
func (t *tally) start(g int64, p int32, at int64) {
	t.starts++
	if q, ok := t.queuedOn[g]; ok && q >= 0 && q != p {
		t.moved++
	}
	t.run(g, p, at)
}

// run notes that g has p, as also after a system call.
func (t *tally) run(g int64, p int32, at int64) { t.runs[g] = stretch{p, at} }

// stop takes g from its P.
func (t *tally) stop(g, at int64) (ran int64) {
	s, ok := t.runs[g]
	if !ok {
		return 0
	}
	delete(t.runs, g)
	t.byP[s.p] += at - s.from
	return at - s.from
}

func (t *tally) preempt(g, at int64) {
	t.preempted++
	t.slices = append(t.slices, float64(t.stop(g, at))/1e6)
	t.queuedOn[g] = -1
}

// metrics are what can be asked of a run.
var metrics = map[string]func(t *tally) float64{
	"goroutines": func(t *tally) float64 { return float64(t.created) },
	"starts":     func(t *tally) float64 { return float64(t.starts) },
	"blocks":     func(t *tally) float64 { return float64(t.blocks) },
	"yields":     func(t *tally) float64 { return float64(t.yields) },
	"preempted":  func(t *tally) float64 { return float64(t.preempted) },
	"moved":      func(t *tally) float64 { return float64(t.moved) },
	"retakes":    func(t *tally) float64 { return float64(t.retakes) },
	"P lost":     func(t *tally) float64 { return float64(t.lost) },
	"threads":    func(t *tally) float64 { return float64(t.threads) },
	"end ms":     func(t *tally) float64 { return float64(t.end) / 1e6 },
	"said ms": func(t *tally) float64 {
		v, _ := strconv.ParseFloat(strings.TrimSpace(t.said), 64)
		return v
	},
	"slice ms": func(t *tally) float64 { return quantile(t.slices, 0.5) },
	"least share": func(t *tally) float64 {
		all, least := int64(0), int64(1<<62)
		for _, ns := range t.byP {
			all += ns
			least = min(least, ns)
		}
		return float64(least) / float64(max(all, 1))
	},
}

// quantile gives the value below which a part q of the list lies, 0 of none.
func quantile(list []float64, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	s := slices.Clone(list)
	slices.Sort(s)
	return s[int(q*float64(len(s)-1)+0.5)]
}
