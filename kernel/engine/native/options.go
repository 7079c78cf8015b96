package native

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"runnext/kernel/directive"
)

// Options are what a %%native line says.
type Options struct {
	Race, With bool
	CPU        int      // GOMAXPROCS, 0 for Go's own choice
	Env        []string // K=V
}

// maxProcs bounds -cpu: more Ps than that only cost memory.
const maxProcs = 1024

// Entry describes %%native for the table of directives.
func Entry() directive.Entry {
	return directive.Entry{
		Name: "native", Kind: directive.Cell, Usage: "[-race] [-cpu N] [-with] [-env K=V] ...", Server: "kernel",
		Summary: "build the cell with the Go toolchain of this machine and run it",
		Long: "The cell is a program of its own: its statements are `func main`, its output comes\n" +
			"as it is printed, an interrupt is Ctrl-C to it. What it costs in time and memory\n" +
			"is what compiled Go costs.\n\n" +
			"- `-race` looks for data races while it runs; that needs cgo and a C compiler.\n" +
			"- `-cpu N` lets it use N processors (GOMAXPROCS).\n" +
			"- `-with` brings in the functions, types and constants of earlier cells. Their\n" +
			"  variables live in another process and cannot come along.\n" +
			"- `-env K=V` sets an environment variable; it may be given more than once.\n\n" +
			"Nothing is downloaded: the standard library and `runnext/lab` can be imported.\n" +
			"What the cell declares is not kept for later cells, and its standard input is\n" +
			"empty. `%%native` needs a Go toolchain; all other cells do without one.",
	}
}

// ParseOptions reads the arguments of a %%native line.
func ParseOptions(call directive.Call) (Options, *directive.Error) {
	var o Options
	rest, err := o.parse(call, nil)
	if err == nil && len(rest) > 0 {
		err = call.Fail(rest[0], fmt.Sprintf("%s does not take %s", call.Entry.Written(), call.Args[rest[0]]),
			"It takes "+call.Entry.Usage+".", "%help "+call.Entry.Name+" explains them.")
	}
	return o, err
}

// Parse reads what a directive that runs cells natively has in common with
// %%native, and gives the numbers of the arguments it does not know.
func (o *Options) Parse(call directive.Call) (rest []int, err *directive.Error) {
	return o.parse(call, nil)
}

func (o *Options) parse(call directive.Call, rest []int) ([]int, *directive.Error) {
	for i := 0; i < len(call.Args); i++ {
		at := i
		name, value, given := strings.Cut(call.Args[i], "=")
		flag := strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")
		switch {
		case flag == name:
			rest = append(rest, at)
			continue
		case flag == "race" && !given:
			o.Race = true
			continue
		case flag == "with" && !given:
			o.With = true
			continue
		case flag != "cpu" && flag != "env":
			rest = append(rest, at)
			continue
		}
		if !given {
			if i+1 == len(call.Args) {
				return nil, call.Fail(at, "a value is missing after "+name, "", "%help "+call.Entry.Name+" explains it.")
			}
			i++
			value = call.Args[i]
		}
		if text := o.set(flag, value); text != "" {
			return nil, call.Fail(i, text, "", "%help "+call.Entry.Name+" explains it.")
		}
	}
	return rest, nil
}

// set takes one value, or says what is wrong with it.
func (o *Options) set(flag, value string) string {
	if flag == "env" {
		if name, _, ok := strings.Cut(value, "="); !ok || name == "" || strings.ContainsRune(value, 0) {
			return fmt.Sprintf("-env takes NAME=VALUE, not %q", value)
		}
		o.Env = append(o.Env, value)
		return ""
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxProcs {
		return fmt.Sprintf("-cpu takes 1 to %d, not %q; this machine has %d", maxProcs, value, runtime.NumCPU())
	}
	o.CPU = n
	return ""
}
