package main

import (
	"bytes"
	"context"
	"fmt"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/internal/gosrc"
	"runnext/sim/machine"
	"runnext/sim/verify"
)

// simulator runs workloads on the simulated scheduler.
type simulator struct {
	loader    *gosrc.Loader
	library   *machine.Library // what the workloads import
	libraryOf int              // packages
	cpus      int              // processors of the machine
	costs     sim.Costs
}

func newSimulator(cpus int, costs sim.Costs) *simulator {
	return &simulator{loader: gosrc.New(), cpus: cpus, costs: costs}
}

// tracedSpans are the spans that the sweeper finds in a program with fmt, os and
// runtime/trace that keeps nothing: in traces on one P it swept 31 to 42.
const tracedSpans = 36

// tracedSwitch is what a switch takes more while runtime/trace writes down that
// one G has stopped and another has started: two Gs that call Gosched in turn
// take 180 to 480 with it and 60 to 230 without.
const tracedSwitch = 150

// tracedSpin is what a search takes more while runtime/trace writes down that a P
// has been started and stopped for it.
const tracedSpin = 200

// tracedCosts are the model's costs while runtime/trace is on.
func tracedCosts() sim.Costs {
	c := sim.DefaultCosts()
	c.Switch += tracedSwitch
	c.Spin += tracedSpin
	return c
}

// run tallies one run of a workload; a log that breaks a rule of the scheduler
// is an error.
func (s *simulator) run(name string, procs int, seed uint64) (*tally, error) {
	src, err := source(name)
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	pkgs, err := s.loader.Program(name+".go", src)
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	var stdout, stderr bytes.Buffer
	cfg := machine.Config{P: procs, CPUs: s.cpus, Costs: &s.costs, Seed: seed, BootTick: 4 + uint32(seed%2), Spans: tracedSpans, Log: true, Stdout: &stdout, Stderr: &stderr}
	if n := len(pkgs) - 1; s.library == nil || s.libraryOf != n {
		s.library, s.libraryOf = machine.NewLibrary(s.loader.Fset, pkgs[:n]), n
	}
	cfg.Program, cfg.Main = s.library.Program(pkgs[len(pkgs)-1])
	res, err := machine.Run(context.Background(), cfg)
	if err != nil {
		return nil, fmt.Errorf("oracle: %s: %w", name, err)
	}
	if res.Status != 0 {
		return nil, fmt.Errorf("oracle: %s ends with status %d\n%s", name, res.Status, &stderr)
	}
	if v := verify.Check(res.Log); len(v) > 0 {
		return nil, fmt.Errorf("oracle: %s with seed %d on %d Ps: %w", name, seed, procs, v[0])
	}
	t := newTally()
	t.said, t.end = stdout.String(), int64(res.Time)
	t.read(res.Log)
	return t, nil
}

// read tallies a log.
func (t *tally) read(log *event.Log) {
	system := map[int64]bool{}
	for _, g := range log.Start.Gs {
		system[g.ID] = g.System
		if g.Status == event.Running {
			t.run(g.ID, 0, 0)
		}
	}
	ms := map[int32]bool{}
	for i := range log.Start.Ms {
		ms[log.Start.Ms[i].ID] = true
	}
	for i := range log.Events {
		e := &log.Events[i]
		switch e.Kind {
		case event.MStarted:
			ms[e.M] = true
			continue
		case event.Retaken:
			t.retakes++
			continue
		case event.Created:
			if e.Name == "runtime.gcBgMarkWorker" {
				system[e.G] = true
			}
		}
		if system[e.G] {
			continue
		}
		switch e.Kind {
		case event.Created:
			t.create(e.G, e.P)
		case event.Readied:
			t.ready(e.G, e.P)
		case event.Started:
			t.start(e.G, e.P, e.Time)
		case event.Parked:
			t.blocks++
			t.stop(e.G, e.Time)
		case event.Yielded:
			t.yields++
			t.stop(e.G, e.Time)
			t.ready(e.G, -1)
		case event.Preempted:
			t.preempt(e.G, e.Time)
		case event.Syscall, event.Exited:
			t.stop(e.G, e.Time)
		case event.SysExit:
			if e.Rule != event.ExitCall {
				t.lost++
				t.ready(e.G, -1)
			}
			if e.P >= 0 {
				t.run(e.G, e.P, e.Time)
			}
		}
	}
	t.threads = len(ms) + 1 // sysmon's
}
