package gmp

import (
	"fmt"
	"strconv"
	"strings"

	"runnext/kernel/directive"
	"runnext/sim/render"
)

// Options are what a %%gmp line says.
type Options struct {
	P        int
	Seed     uint64
	BootTick uint32
	Steps    int64 // scheduling events, 0 for the engine's own limit
	View     render.View
	Predict  bool // ask who runs next
	Explore  bool // other schedules than the scheduler's own
	Bounded  bool // allow Bound preemptions in such a schedule, not any number
	Bound    int
	Compare  bool // run it for real too
}

// maxBound is how many preemptions a search may be bounded by.
const maxBound = 100

// maxProcs is how many Ps a table can show.
const maxProcs = 64

// Entry describes %%gmp for the table of directives.
func Entry() directive.Entry {
	return directive.Entry{
		Name: "gmp", Kind: directive.Cell, Usage: "[-p N] [-seed N] [-boot-tick 4|5] [-steps N] [-view VIEWS] [-predict] [-compare] [-explore [-bound N]]", Server: "simulator",
		Summary: "run the cell on a simulated scheduler and show every step",
		Long: "The statements of the cell become `func main` of a fresh program, which runs on a\n" +
			"simulated scheduler in virtual time. Each scheduling event is a table: which\n" +
			"goroutine (G) runs on which processor (P), and who stands in which queue.\n\n" +
			"- `-p N` gives the program N processors; 1 is the default.\n" +
			"- `-seed N` chooses another run where the real scheduler would draw lots.\n" +
			"- `-boot-tick 4|5` is schedtick when main starts; real processes have either.\n" +
			"- `-steps N` stops after N scheduling events.\n" +
			"- `-view queues,lanes,gobuf,waits,stack` chooses what is drawn: the queues of every\n" +
			"  step, lanes over time with arrows for who woke whom, what a gobuf saves, who waits\n" +
			"  for whom, the stacks. `queues` is the default.\n\n" +
			"With `-predict` it asks who runs next before each scheduling decision that has a\n" +
			"choice, reveals it with the reason, and keeps the score; in a console `%predict G7`\n" +
			"answers. Without a program below it, each `-seed N` makes another problem.\n\n" +
			"With `-compare` the Go toolchain of this machine, if there is one, builds and runs\n" +
			"the same program under runtime/trace; both timelines are shown, and why they may\n" +
			"differ.\n\n" +
			"With `-explore` it tries other schedules than the scheduler's own: how the program\n" +
			"can end, and what goes wrong in some of them; `-bound N` allows N preemptions.\n\n" +
			"`%step`, `%back` and `%goto N` walk over the last run, in a console too.\n\n" +
			"Functions, types and constants of earlier cells are there; what the cell\n" +
			"declares stays in the notebook, its variables do not. The package `gmp` needs no\n" +
			"import: `gmp.Syscall(d)`, `gmp.NetWait(d)`, `gmp.Work(d)` and `gmp.Label(text)`.",
	}
}

// ParseOptions reads the arguments of a %%gmp line.
func ParseOptions(call directive.Call) (Options, *directive.Error) {
	o := Options{P: 1, Seed: 1, BootTick: 4, View: render.Queues}
	for i := 0; i < len(call.Args); i++ {
		at := i
		name, value, given := strings.Cut(call.Args[i], "=")
		flag := strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")
		if flag != name && flag == "predict" && !given {
			o.Predict = true
			continue
		}
		if flag != name && flag == "compare" && !given {
			o.Compare = true
			continue
		}
		if flag != name && flag == "explore" && !given {
			o.Explore = true
			continue
		}
		known := flag == "p" || flag == "seed" || flag == "boot-tick" || flag == "steps" || flag == "view" || flag == "bound"
		if flag == name || !known {
			return o, call.Fail(at, fmt.Sprintf("%%%%gmp does not take %s", name),
				"It takes -p N, -seed N, -boot-tick 4|5, -steps N, -view VIEWS, -predict, -compare, and -explore with -bound N.", "%help gmp explains them.")
		}
		if !given {
			if i+1 == len(call.Args) {
				return o, call.Fail(at, "a value is missing after "+name, "", "%help gmp explains what it means.")
			}
			i++
			value = call.Args[i]
		}
		if text := o.set(flag, value); text != "" {
			return o, call.Fail(i, text, "", "%help gmp explains what it means.")
		}
	}
	if o.Bounded && !o.Explore {
		return o, call.Fail(0, "-bound goes with -explore", "", "%help gmp explains what it means.")
	}
	return o, nil
}

// set takes one value, or says what is wrong with it.
func (o *Options) set(flag, value string) string {
	if flag == "view" {
		v, err := render.ParseViews(value)
		if err != nil {
			return err.Error()
		}
		o.View = v
		return ""
	}
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil:
		return fmt.Sprintf("-%s takes a whole number, not %q", flag, value)
	case flag == "seed":
		o.Seed = uint64(n)
	case flag == "p":
		if n < 1 || n > maxProcs {
			return fmt.Sprintf("-p takes 1 to %d, not %d", maxProcs, n)
		}
		o.P = int(n)
	case flag == "boot-tick":
		if n != 4 && n != 5 {
			return fmt.Sprintf("-boot-tick is 4 or 5, not %d", n)
		}
		o.BootTick = uint32(n)
	case flag == "bound":
		if n < 0 || n > maxBound {
			return fmt.Sprintf("-bound takes 0 to %d, not %d", maxBound, n)
		}
		o.Bounded, o.Bound = true, int(n)
	case flag == "steps":
		if n < 1 {
			return "-steps must be above zero"
		}
		o.Steps = n
	}
	return ""
}
