//go:build linux || darwin

package native

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// numbers of goroutines differ from run to run.
var goroutineNumber = regexp.MustCompile(`goroutine \d+`)

func TestCells(t *testing.T) {
	n := newNotebook(t)
	n.declare("import \"fmt\"\nfunc twice(n int) int { return 2 * n }\ntype P struct{ A, B int }\nfunc (p P) Sum() int { return p.A + p.B }\nconst Big = 1 << 40\nkept := 3\nfunc usesKept() int { return kept }")
	n.declare("type P struct{ A, B, C int }")
	for _, test := range []struct {
		name, args, code string
		stdout, stderr   string
		value            string
		failure          []string // kind, then the traceback, goroutine numbers left out
	}{
		{name: "statements", code: "x := 3\nfmt.Println(\"hi\", x)\nprintln(\"err\")", stdout: "hi 3\n", stderr: "err\n"},
		{name: "any order", code: "for i := range 2 {\n\tshow(i)\n}\nimport \"os\"\nfunc show(i int) { fmt.Fprintln(os.Stdout, i, total) }\nvar total = 7\nconst c = iota\n",
			stdout: "0 0\n1 0\n"},
		{name: "value", code: "func f() (int, string) { return 1, \"a\" }\nf()", value: `1, "a"`},
		{name: "a whole file", code: "package main\nimport \"fmt\"\nvar a = b + 1\nvar b = 2\nfunc main() { fmt.Println(a) }", stdout: "3\n"},
		{name: "main below statements", code: "println(1)\nfunc main() { println(2) }\nprintln(3)", stderr: "1\n3\n2\n"},
		{name: "unused and assigned again", code: "x, y := 1, 2\nvar z int64 = 5\nx, w := 3, 4\nfmt.Printf(\"%T %v\\n\", z, x)", stdout: "int64 3\n"},
		{name: "goto", code: "i := 0\nagain:\ni++\nif i < 3 { goto again }\nj := i\nfmt.Println(j)", stdout: "3\n"},
		{name: "earlier cells", args: "-with", code: "fmt.Println(twice(4), P{1, 2, 3}, Big>>39)", stdout: "8 {1 2 3} 2\n"},
		{name: "no earlier cells", code: "twice(4)", failure: []string{"compile error", "[cell N]:2:1: undefined: twice"}},
		{name: "earlier variable", args: "-with", code: "usesKept()", failure: []string{"refused", "[cell 1]:6:1: kept is a variable of an earlier cell"}},
		{name: "pragma, unsafe, a type that only inference can give", code: "import \"unsafe\"\n//go:noinline\nfunc f(p *int) uintptr { return uintptr(unsafe.Pointer(p)) }\nimport \"encoding/binary\"\ne := binary.LittleEndian\nx := 1\nfmt.Println(f(&x) != 0, e)",
			stdout: "true LittleEndian\n"},
		{name: "exit", code: "os.Exit(3)", failure: []string{"exit", "[cell N]:1:1: exit status 3"}},
		{name: "panic", code: "func f(m map[string]int) {\n\tm[\"a\"] = 1\n}\n\nf(nil)", failure: []string{"panic", "[cell N]:3:1: panic: assignment to entry in nil map", "[cell N]:6:1: called from here"}},
		{name: "panic of a goroutine, with output before", code: "fmt.Print(\"a\")\ngo func() {\n\tpanic(fmt.Errorf(\"boom\\nmore\"))\n}()\nselect {}", stdout: "a",
			failure: []string{"panic", "[cell N]:4:1: panic: boom", "[cell N]:3:1: goroutine was started here", "more"}},
		{name: "deadlock", code: "ch := make(chan int)\n<-ch", failure: []string{"deadlock", "[cell N]:3:1: fatal error: all goroutines are asleep - deadlock!", "goroutine waits: chan receive at [cell N]:3"}},
		{name: "fatal", code: "func f(n int) int { return f(n+1) + 1 }\ndebug.SetMaxStack(1 << 16)\nf(0)", failure: []string{"fatal error", "[cell N]:2:1: fatal error: stack overflow"}},
		{name: "looks like a crash", code: "fmt.Fprintln(os.Stderr, \"panic: not at all\")\nos.Exit(2)", stderr: "panic: not at all\n", failure: []string{"exit", "[cell N]:1:1: exit status 2"}},
		{name: "environment and processors", args: "-env A=b=c -cpu 3", code: "fmt.Println(os.Getenv(\"A\"), runtime.GOMAXPROCS(0))", stdout: "b=c 3\n"},
		{name: "no input", code: "var s string\nfmt.Scan(&s)", value: "0, EOF"},
		{name: "not for the compiler", code: "//go:embed x\nvar x string\nfunc f() string { return x }\nvar y [1 << 50]byte\nprintln(f(), len(y), &y[len(f())])", failure: []string{"compile error", "[cell N]:5:1: type [1125899906842624]byte larger than address space"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n.t = t
			o, out := n.run(t.Context(), test.args, test.code)
			if got := out.text(engine.Stdout); got != test.stdout {
				t.Errorf("stdout %q, want %q", got, test.stdout)
			}
			if got := out.text(engine.Stderr); got != test.stderr {
				t.Errorf("stderr %q, want %q", got, test.stderr)
			}
			value := ""
			if o.Value != nil {
				value = o.Value.Data["text/plain"].(string)
			}
			if value != test.value {
				t.Errorf("value %q, want %q", value, test.value)
			}
			var told []string
			if o.Failure != nil {
				told = append([]string{string(o.Failure.Kind)}, o.Failure.Traceback()...)
			}
			text := goroutineNumber.ReplaceAllString(strings.ReplaceAll(strings.Join(told, "\n"), fmt.Sprintf("[cell %d]", n.number), "[cell N]"), "goroutine")
			if want := strings.Join(test.failure, "\n"); text != want && (want == "" || !strings.HasPrefix(text, want+"\n")) {
				t.Errorf("told\n%s\nwant\n%s", text, want)
			}
		})
	}
}

func TestShown(t *testing.T) {
	n := newNotebook(t)
	o, out := n.run(t.Context(), "", `fmt.Print("a")
frame := `+"`"+`{"Data": {"text/plain": "T"}, "ID": "x"}`+"`"+`
fmt.Printf("\x1b_%s %d\x1b\\%s", os.Getenv("RUNNEXT_MARK"), len(frame), frame)
fmt.Print("b")
fmt.Print("\x1b_", os.Getenv("RUNNEXT_MARK"), " 7")
`)
	if o.Failure != nil {
		t.Fatal(o.Failure)
	}
	if got := out.text(engine.Stdout); !strings.HasPrefix(got, "a<T>b\x1b_") {
		t.Errorf("shown %q", got)
	}
	if len(out.displays) != 1 || out.displays[0].ID != "x" {
		t.Errorf("displays %+v", out.displays)
	}
}

func TestInterrupt(t *testing.T) {
	n := newNotebook(t)
	for name, code := range map[string]string{
		"spins":    "fmt.Println(1)\nfor {}",
		"blocks":   "fmt.Println(1)\nselect {}",
		"ignores":  "signal.Ignore(os.Interrupt)\nfmt.Println(1)\ntime.Sleep(time.Hour)",
		"children": "c := exec.Command(\"sleep\", \"1000\")\nc.Stdout = os.Stdout\nc.Start()\nfmt.Println(1)\nc.Wait()",
	} {
		t.Run(name, func(t *testing.T) {
			n.t = t
			ctx, cancel := context.WithCancel(t.Context())
			type ended struct{ o engine.Outcome }
			done := make(chan ended)
			n.number++
			out := &output{streams: map[string]string{}, seen: make(chan struct{}, 1000)}
			go func() {
				o, _ := n.engine.Serve(ctx, engine.Cell{Number: n.number, Code: code}, directive.Call{Entry: Entry()}, n, out)
				done <- ended{o}
			}()
			<-out.seen
			cancel()
			if e := <-done; e.o.Failure == nil || e.o.Failure.Kind != engine.KindInterrupted {
				t.Errorf("ended with %v", e.o.Failure)
			}
		})
	}
}

// TestLeftovers looks at what dead kernels leave behind.
func TestLeftovers(t *testing.T) {
	root := t.TempDir()
	g, err := newGuard(root)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := newGuard(root)
	if err != nil {
		t.Fatal(err)
	}
	gone.lock.Close() // as the death of its kernel does
	sweep(root)
	if _, err := os.Stat(g.dir); err != nil {
		t.Errorf("a folder in use was removed: %v", err)
	}
	if _, err := os.Stat(gone.dir); !os.IsNotExist(err) {
		t.Errorf("a dead kernel's folder is still there: %v", err)
	}
	g.release()
	if left, _ := filepath.Glob(filepath.Join(root, "*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestGuardOutlivesTheKernel lets go of the guard's leash as the death of a
// kernel does.
func TestGuardOutlivesTheKernel(t *testing.T) {
	g, err := newGuard(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	g.start()
	if g.cmd == nil {
		t.Skip("no shell")
	}
	g.leash.Close()
	g.cmd.Wait()
	if _, err := os.Stat(g.dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
	g.cmd = nil
	g.lock.Close()
}

func TestNoToolchain(t *testing.T) {
	n := newNotebook(t)
	n.engine.tools.c.Getenv = func(string) string { return "" }
	o, _ := n.run(t.Context(), "", "println(1)")
	if o.Failure == nil || o.Failure.Kind != engine.KindRefused || o.Failure.Text != "no Go toolchain: there is no go command on PATH" {
		t.Errorf("told %v", o.Failure)
	}
}

func TestCanRace(t *testing.T) {
	look := func(name string) (string, error) {
		if name == "cc" {
			return "/bin/cc", nil
		}
		return "", os.ErrNotExist
	}
	for _, test := range []struct {
		g    goTool
		want string
	}{
		{goTool{CGO_ENABLED: "1", CC: "cc -m64"}, ""},
		{goTool{CGO_ENABLED: "0", CC: "cc"}, "-race needs cgo, and CGO_ENABLED is 0 here"},
		{goTool{CGO_ENABLED: "1"}, "-race needs cgo, and no C compiler is set (CC)"},
		{goTool{CGO_ENABLED: "1", CC: "gcc"}, "-race needs cgo, and the C compiler gcc is not here"},
	} {
		if got := test.g.canRace(look); got != test.want {
			t.Errorf("%+v: %q", test.g, got)
		}
	}
}

func TestOptions(t *testing.T) {
	for args, want := range map[string]string{
		"-cpu":          "a value is missing after -cpu",
		"-cpu=x":        `-cpu takes 1 to 1024, not "x"`,
		"-env A":        `-env takes NAME=VALUE, not "A"`,
		"-fast":         "%%native does not take -fast",
		"main.go":       "%%native does not take main.go",
		"-race --cpu 2": "",
	} {
		_, err := ParseOptions(directive.Call{Entry: Entry(), Args: strings.Fields(args)})
		if got := ""; err != nil {
			if got = err.Text; want == "" || !strings.HasPrefix(got, want) {
				t.Errorf("%s: %q, want %q", args, got, want)
			}
		} else if want != "" {
			t.Errorf("%s is taken", args)
		}
	}
}
