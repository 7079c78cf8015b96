// Package scene holds the named teaching scenes. A scene is driven by hand: its
// script makes the calls that a program's goroutines would make, so that each
// step can be spoken about. Programs that run by themselves are the business of
// runnext/sim/machine.
package scene

import (
	"fmt"

	"runnext/sim"
	"runnext/sim/event"
)

// Scene is one entry of [List].
type Scene struct {
	Name  string // what %gmp takes
	Title string
	Intro string

	play func(*director)
}

// List gives the scenes in teaching order.
func List() []Scene {
	return []Scene{
		{Name: "first-steps", Title: "First steps: one P, two goroutines",
			Intro: "One P, one thread. main starts a goroutine and waits for what it sends. " +
				"Watch two things: who sits in runnext, and who moves schedtick.",
			play: firstSteps},
		{Name: "runnext", Title: "runnext: the newest goes first",
			Intro: "main starts three goroutines and waits. Each new one takes runnext and kicks " +
				"its predecessor out to the tail of the ring, so the last one started runs first. " +
				"A goroutine that is woken gets runnext too.",
			play: runNext},
	}
}

// Run plays the named scene and tells its story. The same name and seed give
// the same story.
func Run(name string, seed uint64) (*event.Story, *event.Log, error) {
	for _, sc := range List() {
		if sc.Name == name {
			return sc.Play(seed)
		}
	}
	return nil, nil, fmt.Errorf("scene: there is no scene %q", name)
}

// Play plays the scene.
func (sc Scene) Play(seed uint64) (*event.Story, *event.Log, error) {
	d := &director{log: &event.Log{}, notes: map[int]string{}, at: map[int64]*event.Site{}}
	s, err := sim.New(sim.Config{Seed: seed, Sink: func(e *event.Event) { d.log.Add(*e) },
		Where: func(g *sim.G) *event.Site { return d.at[g.ID] }})
	if err != nil {
		return nil, nil, fmt.Errorf("scene %s: %w", sc.Name, err)
	}
	d.s = s
	d.at[1] = &event.Site{Func: "main.main", Line: 1}
	d.log.Start = s.Snapshot()
	sc.play(d)
	if d.err != nil {
		return nil, nil, fmt.Errorf("scene %s: %w", sc.Name, d.err)
	}
	st := event.Tell(d.log, 0)
	st.Name, st.Title, st.Intro = sc.Name, sc.Title, sc.Intro
	seen := 0
	for i := range st.Steps {
		for n := range st.Steps[i].Events {
			if note, ok := d.notes[seen+n]; ok {
				st.Steps[i].Note = note
			}
		}
		seen += len(st.Steps[i].Events)
	}
	return &st, d.log, nil
}

// director is the host of a scene: it runs whatever G the scheduler returns.
type director struct {
	s     *sim.Sched
	m     *sim.M
	log   *event.Log
	notes map[int]string // by index of the next event
	at    map[int64]*event.Site
	err   error
}

// say puts a sentence of the author's on the step that comes next.
func (d *director) say(text string) { d.notes[len(d.log.Events)] = text }

// turn lets the scheduler pick, and requires that it picks G want: a script
// that is out of step with the scheduler must not go on.
func (d *director) turn(want int64, fn string, line int) *sim.M {
	if d.err != nil {
		return d.m
	}
	m, err := d.s.Next()
	if err != nil {
		d.err = err
		return d.m
	}
	d.m = m
	if m.Curg().ID != want {
		d.err = fmt.Errorf("the script expects G%d, the scheduler runs G%d", want, m.Curg().ID)
	}
	d.stand(want, fn, line)
	return m
}

// stand says where a G is.
func (d *director) stand(g int64, fn string, line int) {
	d.at[g] = &event.Site{Func: "main." + fn, File: "main.go", Line: line}
	if d.m != nil {
		d.s.Charge(d.m, 20)
	}
}

func (d *director) start(fn string, line int, entry string) *sim.G {
	if d.err != nil {
		return &sim.G{}
	}
	d.stand(d.m.Curg().ID, fn, line)
	g := d.s.Go(d.m, "main."+entry, nil)
	d.at[g.ID] = &event.Site{Func: "main." + entry, File: "main.go", Line: 1}
	return g
}
