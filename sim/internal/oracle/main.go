// Command oracle runs workloads for real under runtime/trace and in the
// simulator, on 1, 2 and 4 Ps, and makes one table of both. The simulator has
// the costs that were measured on this machine just before and after. It judges
// nothing by itself; what it has recorded is held by this package's test.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"runnext/sim"
)

// workload is a program and what is looked at. Exact metrics do not vary in
// reality: the simulator has to meet them.
type workload struct {
	name  string
	exact []string
	bands []string
}

var workloads = []workload{
	{"pingpong", []string{"goroutines"}, []string{"starts", "blocks", "moved"}},
	{"spawn", []string{"goroutines"}, []string{"starts", "blocks", "moved"}},
	{"pool", []string{"goroutines"}, []string{"starts", "blocks", "moved"}},
	{"pipeline", []string{"goroutines"}, []string{"starts", "blocks", "moved"}},
	{"yields", []string{"goroutines", "yields"}, []string{"starts", "moved"}},
	{"spinners", []string{"goroutines"}, []string{"slice ms", "least share"}},
	{"syscalls", []string{"goroutines"}, []string{"threads", "retakes", "P lost", "end ms"}},
	{"sleepers", []string{"goroutines"}, []string{"starts", "blocks", "said ms"}},
	{"mutex", []string{"goroutines"}, []string{"said ms", "blocks"}},
	{"network", []string{"goroutines"}, []string{"starts", "blocks", "end ms"}},
	{"wired", []string{"goroutines"}, []string{"starts", "blocks", "end ms"}},
	{"ticker", []string{"goroutines"}, []string{"starts", "blocks", "end ms"}},
	{"collect", []string{"goroutines"}, []string{"starts", "blocks", "yields", "preempted"}},
	{"resize", []string{"goroutines"}, []string{"starts", "blocks", "preempted", "end ms"}},
}

// procs are the numbers of Ps.
var procs = []int{1, 2, 4}

// band is the least, the 10th, 50th and 90th hundredth, and the most.
type band struct{ Min, Low, Median, High, Max float64 }

func bandOf(list []float64) band {
	return band{quantile(list, 0), quantile(list, 0.1), quantile(list, 0.5), quantile(list, 0.9), quantile(list, 1)}
}

// recorded is what reality gave: workload, "P=n", metric.
type recorded map[string]map[string]map[string]band

func main() {
	runs := flag.Int("runs", 30, "real runs, and seeds, of each workload")
	only := flag.String("only", "", "a workload, all if empty")
	record := flag.String("record", "", "write the real bands to this file, and simulate nothing")
	known := flag.String("known", "", "take the real bands from this file instead of running")
	model := flag.Bool("model", false, "simulate with the costs of the model, not with those of this machine")
	price := flag.Bool("costs", false, "measure the costs of the model, and run nothing else")
	flag.Parse()
	if *price {
		costs(os.Stdout, nil)
		return
	}
	var err error
	switch {
	case *record != "":
		err = write(*record, *only, *runs)
	case *known != "":
		err = recall(*known, *only, *runs)
	default:
		err = beside(*only, *runs, *model)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// beside runs workloads for real and simulated. What this machine takes for
// things changes with what else it does: it is measured before and after.
func beside(only string, runs int, model bool) error {
	prices := tracedCosts()
	if !model {
		prices = costs(os.Stdout, nil)
	}
	real, err := observed(only, runs)
	if err != nil {
		return err
	}
	if !model {
		prices = between(prices, costs(io.Discard, &prices))
	}
	return compare(runs, only, real, prices)
}

// between is the mean of two models.
func between(a, b sim.Costs) sim.Costs {
	x, y := reflect.ValueOf(&a).Elem(), reflect.ValueOf(b)
	for i := range x.NumField() {
		x.Field(i).SetInt((x.Field(i).Int() + y.Field(i).Int()) / 2)
	}
	return a
}

// observed runs workloads for real, all if only is empty.
func observed(only string, runs int) (recorded, error) {
	real := recorded{}
	for _, w := range workloads {
		if only != "" && w.name != only {
			continue
		}
		bands, err := observe(&w, runs)
		if err != nil {
			return nil, err
		}
		real[w.name] = bands
	}
	return real, nil
}

func write(file, only string, runs int) error {
	real, err := observed(only, runs)
	if err != nil {
		return err
	}
	data, err := json.Marshal(real)
	if err == nil {
		err = os.WriteFile(file, append(data, '\n'), 0o666)
	}
	if err != nil {
		return fmt.Errorf("oracle: %w", err)
	}
	return nil
}

func recall(file, only string, runs int) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("oracle: %w", err)
	}
	var real recorded
	if err := json.Unmarshal(data, &real); err != nil {
		return fmt.Errorf("oracle: %s: %w", file, err)
	}
	return compare(runs, only, real, tracedCosts())
}

// compare simulates workloads and prints the table.
func compare(runs int, only string, real recorded, prices sim.Costs) error {
	s := newSimulator(runtime.NumCPU(), prices)
	fmt.Printf("%d runs and seeds each; %d processors\n\n", runs, runtime.NumCPU())
	fmt.Println("| workload | figure | P=1 real | P=1 simulated | P=2 real | P=2 simulated | P=4 real | P=4 simulated |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, w := range workloads {
		if only != "" && w.name != only {
			continue
		}
		simulated, err := s.bands(&w, runs)
		if err != nil {
			return err
		}
		for _, m := range slices.Concat(w.exact, w.bands) {
			row := []string{w.name, m}
			for _, p := range procs {
				r, v := real[w.name][key(p)][m], simulated[key(p)][m]
				mark := ""
				if !v.within(r) {
					mark = " !"
				}
				row = append(row, r.String(), v.String()+mark)
			}
			fmt.Println("| " + strings.Join(row, " | ") + " |")
		}
	}
	return nil
}

func key(p int) string { return fmt.Sprintf("P=%d", p) }

// within tells whether the simulator's median is a value that reality takes,
// give or take a twentieth.
func (b band) within(real band) bool {
	return b.Median >= real.Min*0.95 && b.Median <= real.Max*1.05
}

func (b band) String() string {
	if b.Low == b.High {
		return number(b.Median)
	}
	return fmt.Sprintf("%s (%s to %s)", number(b.Median), number(b.Low), number(b.High))
}

func number(v float64) string {
	if v == float64(int64(v)) {
		return fmt.Sprint(int64(v))
	}
	return fmt.Sprintf("%.3g", v)
}

// observe runs a workload for real.
func observe(w *workload, runs int) (map[string]map[string]band, error) {
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	defer os.RemoveAll(dir)
	program, err := build(dir, w.name)
	if err != nil {
		return nil, err
	}
	return gather(w, runs, func(p, _ int) (*tally, error) { return runReal(program, p) })
}

// bands runs a workload with so many seeds.
func (s *simulator) bands(w *workload, seeds int) (map[string]map[string]band, error) {
	return gather(w, seeds, func(p, i int) (*tally, error) { return s.run(w.name, p, uint64(i)) })
}

func gather(w *workload, n int, run func(p, i int) (*tally, error)) (map[string]map[string]band, error) {
	out := map[string]map[string]band{}
	for _, p := range procs {
		lists := map[string][]float64{}
		for i := range n {
			t, err := run(p, i)
			if err != nil {
				return nil, err
			}
			for _, m := range slices.Concat(w.exact, w.bands) {
				lists[m] = append(lists[m], metrics[m](t))
			}
		}
		out[key(p)] = map[string]band{}
		for m, list := range lists {
			out[key(p)][m] = bandOf(list)
		}
	}
	return out, nil
}
