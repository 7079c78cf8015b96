// Command record runs Go programs many times on the real runtime, with
// GOMAXPROCS=1, and keeps what they print, how they end and the scheduler's
// state at each call of a function, as a process sees it in its own memory. It
// makes files of testdata/programs:
//
//	go run ./sim/machine/internal/record -o sim/machine/testdata/programs FILE.go...
//
// Output and status are those of the program as it stands. For the states it is
// built a second time, with [peekSource] and [peekAsm] beside it: the symbols
// runtime.sched, allp and allgs are read where the linker put them, at offsets
// from the program's own DWARF. It is for those who work on the simulator, on
// linux/amd64, and never part of a test run.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

func main() {
	runs := flag.Int("n", 60, "runs of each program, and of its states")
	out := flag.String("o", ".", "folder that takes a file for each program")
	at := flag.String("at", "ev", "function whose calls are looked at")
	flag.Parse()
	for _, file := range flag.Args() {
		if err := record(file, *out, *at, *runs); err != nil {
			fmt.Fprintf(os.Stderr, "record: %s: %v\n", file, err)
			os.Exit(1)
		}
	}
}

// record writes NAME.txtar: the exit status and the first line of standard
// error, then the program, its output and its states. It says how many of the
// runs went that way: what is not nearly all of them is no program to keep.
func record(file, out, at string, runs int) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	plain, err := observe(src, "", runs)
	if err != nil {
		return err
	}
	stated, err := observe(src, at, runs)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(file), ".go")
	fmt.Printf("%s: output %d of %d, states %d of %d\n", name, plain.count, runs, stated.count, runs)
	ar := &txtar.Archive{
		Comment: fmt.Appendf(nil, "exit %d\n%s\n", plain.exit, plain.stderr),
		Files: []txtar.File{
			{Name: "main.go", Data: src},
			{Name: "stdout", Data: []byte(plain.stdout)},
			{Name: "states", Data: []byte(stated.states)},
		},
	}
	return os.WriteFile(filepath.Join(out, name+".txtar"), txtar.Format(ar), 0o666)
}
