package simulate_test

import (
	"bytes"
	"encoding/json"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"runnext/kernel/simulate"
	"runnext/kernel/std/stdtest"
	"runnext/sim/machine"
)

// write puts a program into a folder of its own and gives a run of it.
func write(t *testing.T, code string) (p simulate.Program, stdout, stderr *bytes.Buffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.go")
	if err := os.WriteFile(file, []byte(code), 0o666); err != nil {
		t.Fatal(err)
	}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return simulate.Program{File: file, P: 1, Seed: 1, Stdout: stdout, Stderr: stderr}, stdout, stderr
}

// run gives the status of a program, with its file's folder taken off stderr.
func run(t *testing.T, code string, change func(*simulate.Program)) (status int, stdout, stderr string) {
	t.Helper()
	p, out, errs := write(t, code)
	if change != nil {
		change(&p)
	}
	status, err := simulate.Run(t.Context(), stdtest.Carried(t), p)
	if err != nil {
		t.Fatal(err)
	}
	return status, out.String(), strings.ReplaceAll(errs.String(), filepath.Dir(p.File)+string(filepath.Separator), "")
}

func TestHowProgramsEnd(t *testing.T) {
	tests := []struct {
		name, code     string
		status         int
		stdout, stderr string // stderr's beginning
		change         func(*simulate.Program)
	}{
		{"fine", "package main\nfunc main() { println(1) }", 0, "", "1\n", nil},
		{"stdin", "package main\nimport (\"bufio\"; \"fmt\"; \"os\")\nfunc main() { s := bufio.NewScanner(os.Stdin); for s.Scan() { fmt.Println(s.Text(), os.Args) } }",
			0, "one [a]\ntwo [a]\n", "", func(p *simulate.Program) { p.Stdin = strings.NewReader("one\ntwo\n") }},
		{"does not compile", "package main\nimport \"os\"\nfunc main() {\n\tx := 1\n\ty = 2\n}", 1, "",
			"a.go:2:8: \"os\" imported and not used\na.go:4:2: declared and not used: x\na.go:5:2: undefined: y\n", nil},
		{"syntax", "package main\nfunc main() {", 1, "", "a.go:2:14: syntax error: ", nil},
		{"no main package", "package a", 1, "", "a.go:1:9: package a is not a main package\n", nil},
		{"no main", "package main", 1, "", "a.go:1:1: function main is undeclared in the main package\n", nil},
		{"refused", "package main\nimport \"net/http\"\nfunc main() {\n\thttp.Get(\"x\")\n}", 1, "",
			"a.go:4:10: refused: net/http.Get cannot run on the simulator", nil},
		{"no such function", "package main\nfunc main() {}", 1, "", "a.go:1:1: refused: there is no function f to take the state at\n",
			func(p *simulate.Program) { p.State, p.At = &bytes.Buffer{}, "f" }},
		{"panic", "package main\nfunc main() {\n\tpanic(\"boom\")\n}", 2, "",
			"panic: boom\n\ngoroutine 1 [running]:\nmain.main(...)\n\ta.go:3\n", nil},
		{"deadlock", "package main\nfunc main() {\n\tselect {}\n}", 2, "",
			"fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select (no cases)]:\nmain.main(...)\n\ta.go:3", nil},
		{"exit", "package main\nimport \"os\"\nfunc main() { os.Exit(7) }", 7, "", "", nil},
		{"steps", "package main\nimport \"runtime\"\nfunc main() {\n\tfor {\n\t\truntime.Gosched()\n\t}\n}", 124, "",
			"runnext sim: the limit of 9 steps is reached", func(p *simulate.Program) { p.Steps = 9 }},
		{"time", "package main\nfunc main() {\n\tfor {\n\t}\n}", 124, "",
			"runnext sim: the time is up", func(p *simulate.Program) { p.Timeout = 20 * time.Millisecond }},
		{"gmp needs no import", "package main\nfunc main() { gmp.Label(\"x\"); gmp.Work(5); gmp.Syscall(1); gmp.NetWait(1) }", 0, "", "", nil},
		{"gmp is imported", "package main\nimport g \"runnext/gmp\"\nfunc main() { g.Label(\"x\") }", 0, "", "", nil},
		{"gmp is the program's", "package main\ntype t struct{}\nfunc (t) Label(s string) { println(s) }\nvar gmp t\nfunc main() { gmp.Label(\"own\") }", 0, "", "own\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, stdout, stderr := run(t, tt.code, tt.change)
			if status != tt.status || stdout != tt.stdout || !strings.HasPrefix(stderr, tt.stderr) {
				t.Errorf("status %d, printed %q, stderr\n%s\nwant %d, %q,\n%s", status, stdout, stderr, tt.status, tt.stdout, tt.stderr)
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	_, err := simulate.Run(t.Context(), stdtest.Carried(t), simulate.Program{File: "no/such.go"})
	if err == nil || err.Error() != "sim: no/such.go: no such file or directory" {
		t.Errorf("got %v", err)
	}
}

const handsOver = "package main\nfunc main() {\n\tc := make(chan int)\n\tgo send(c)\n\tprintln(<-c)\n}\n\nfunc send(c chan int) { c <- 1 }\n"

func TestPictures(t *testing.T) {
	for _, tt := range []struct {
		format simulate.Format
		want   []string
	}{
		{simulate.Text, []string{"a.go\n====\n", "A simulated run: 1 P, seed 1, ", "go statement at line 4 makes G7 (send)", "runnext"}},
		{simulate.HTML, []string{"<!DOCTYPE html>", "<table style=", "go statement at line 4 makes G7 (send)", "</html>\n"}},
	} {
		var picture bytes.Buffer
		status, _, stderr := run(t, handsOver, func(p *simulate.Program) { p.Picture, p.Format = &picture, tt.format })
		if status != 0 || stderr != "1\n" {
			t.Errorf("%s: status %d, stderr %q", tt.format, status, stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(picture.String(), want) {
				t.Errorf("%s: no %q in\n%.2000s", tt.format, want, &picture)
			}
		}
	}
}

func TestPictureAsJSON(t *testing.T) {
	var picture bytes.Buffer
	run(t, handsOver, func(p *simulate.Program) { p.Picture, p.Format = &picture, simulate.JSON })
	var got struct {
		Program string
		Events  int
		Steps   []struct {
			Caption string
			Events  []string
			After   struct {
				Ps []struct {
					Runnext   int64
					Schedtick int
				}
				Gs []struct {
					ID   int64
					Line int
				}
			}
		}
	}
	if err := json.Unmarshal(picture.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	events := 0
	for _, s := range got.Steps {
		events += len(s.Events)
	}
	if got.Program != "a.go" || got.Events == 0 || events != got.Events {
		t.Errorf("program %q, %d events in steps, want %d", got.Program, events, got.Events)
	}
	if s := got.Steps[0]; !strings.HasPrefix(s.Caption, "G1's go statement at line 4 makes G7") || s.After.Ps[0].Runnext != 7 || s.After.Ps[0].Schedtick != 4 {
		t.Errorf("the first step is %+v", s)
	}
}

// Every package whose functions the machine executes is carried with its
// source, where a program can reach it.
func TestSourcesAreCarried(t *testing.T) {
	l := stdtest.Carried(t)
	im := l.SourceImporter(token.NewFileSet())
	for _, path := range l.Packages() {
		if _, err := im.Import(path); err != nil {
			t.Fatal(err)
		}
	}
	have := map[string]bool{}
	for _, s := range im.Sourced() {
		have[s.Pkg.Path()] = true
	}
	// The machine names it for older toolchains.
	unreached := []string{"internal/itoa"}
	for _, path := range machine.Sources() {
		if !have[path] && !slices.Contains(unreached, path) {
			t.Errorf("%s is not carried with its source", path)
		}
	}
}
