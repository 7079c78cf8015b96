// Command simrun runs Go files on the simulated scheduler, with the toolchain's
// own sources of the standard library. It is for those who work on the machine;
// the product's command is runnext sim.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"runnext/sim/event"
	"runnext/sim/explore"
	"runnext/sim/internal/gosrc"
	"runnext/sim/machine"
	"runnext/sim/render"
	"runnext/sim/verify"
)

func main() {
	var cfg machine.Config
	flag.IntVar(&cfg.P, "p", 1, "number of Ps")
	flag.Uint64Var(&cfg.Seed, "seed", 1, "seed of every lottery")
	boot := flag.Uint("boot-tick", 4, "schedtick at main.main")
	flag.Int64Var(&cfg.Steps, "steps", 0, "limit of scheduling events")
	flag.BoolVar(&cfg.Log, "log", false, "write the events and check them")
	try := flag.Bool("explore", false, "explore other schedules")
	bound := flag.Int("bound", -1, "preemptions to explore")
	tables := flag.Int("tables", 0, "draw so many steps")
	flag.Parse()
	cfg.BootTick = uint32(*boot)
	cfg.Log = cfg.Log || *tables > 0
	os.Exit(run(cfg, *tables, *try, *bound))
}

func run(cfg machine.Config, tables int, try bool, bound int) int {
	cfg.Stdin, cfg.Stdout, cfg.Stderr = os.Stdin, os.Stdout, os.Stderr
	loader := gosrc.New()
	status := 0
	for _, file := range flag.Args() {
		src, err := os.ReadFile(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		pkgs, err := loader.Program(file, src)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if flag.NArg() > 1 {
			fmt.Printf("=== %s\n", file)
		}
		cfg.Program, cfg.Main = machine.Build(loader.Fset, pkgs)
		if try {
			rep, err := explore.Explore(context.Background(), explore.Config{Machine: cfg, Bound: bound})
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				status = 1
				continue
			}
			fmt.Print(rep.Text())
			continue
		}
		res, err := machine.Run(context.Background(), cfg)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
			continue
		}
		if status = res.Status; flag.NArg() > 1 && status != 0 {
			fmt.Printf("exit status %d\n", status)
		}
		show(cfg, res, tables)
	}
	return status
}

func show(cfg machine.Config, res *machine.Result, tables int) {
	if !cfg.Log {
		return
	}
	if tables > 0 {
		st := event.Tell(res.Log, tables)
		fmt.Fprint(os.Stderr, render.Text(&st))
	} else {
		res.Log.WriteTo(os.Stderr)
	}
	for _, v := range verify.Check(res.Log) {
		fmt.Fprintf(os.Stderr, "violation: %v\n", v)
	}
}
