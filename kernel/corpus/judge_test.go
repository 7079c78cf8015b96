package corpus

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	ok := Result{Stdout: []byte("1\n")}
	tests := []struct {
		name      string
		want, got Result
		category  Category
	}{
		{"same", ok, ok, Pass},
		{"same failure", Result{Status: 2}, Result{Status: 2, Stderr: []byte("panic: x")}, Pass},
		{"other output", ok, Result{Stdout: []byte("2\n")}, WrongOutput},
		{"output that varies", Result{Stdout: []byte("1\n"), Varies: true}, Result{Stdout: []byte("2\n")}, Pass},
		{"refused", ok, Result{Status: 1, Stderr: []byte("x.go:1:1: refused: unsafe")}, Refused},
		{"does not compile", ok, Result{Status: 1, Stderr: []byte("x.go:1:1: undefined: y")}, CompileError},
		{"a defect", ok, Result{Status: 1, Stderr: []byte("x.go:1:1: refused: internal error: nil")}, HostPanic},
		{"a stack of ours", ok, Result{Status: 2, Stderr: []byte("panic: x\nrunnext/kernel/core.f()")}, HostPanic},
		{"panics", ok, Result{Status: 2, Stderr: []byte("panic: x")}, RuntimePanic},
		{"exits", ok, Result{Status: 3}, BadExit},
		{"does not fail", Result{Status: 2}, Result{}, BadExit},
		{"does not end", ok, Result{Status: 124}, Hang},
		{"status 124 of its own", Result{Status: 124}, Result{Status: 124}, Pass},
	}
	for _, tt := range tests {
		if got := Judge(tt.want, tt.got); got != tt.category {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.category)
		}
	}
}

func TestComplaint(t *testing.T) {
	known := map[string]Known{"a/b": {"a/b", Hang, "slow"}, "a/d": {"a/d", Refused, "unsafe"}}
	tests := []struct {
		name string
		got  Category
		slow bool
		want string
	}{
		{"a/b", Hang, true, ""},
		{"a/b", Pass, false, "a/b passes: remove it from known.txt"},
		{"a/b", Pass, true, ""},
		{"a/b", Refused, false, "a/b fails: refused, where known.txt says hang"},
		{"a/c", Pass, false, ""},
		{"a/c", Pass, true, ""},
		{"a/c", Refused, false, "a/c fails: refused"},
		{"a/d", Pass, true, "a/d passes: remove it from known.txt"},
	}
	for _, tt := range tests {
		if got := Complaint(tt.name, tt.got, tt.slow, known); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.name, tt.got, got, tt.want)
		}
	}
}

func TestParseKnown(t *testing.T) {
	all, err := ParseKnown([]byte("# why\na/b\thang\tslow\n\na/c\trefused\tunsafe\n"))
	if err != nil || len(all) != 2 || all["a/c"] != (Known{"a/c", Refused, "unsafe"}) {
		t.Errorf("%v, %v", all, err)
	}
	for _, bad := range []string{
		"a/b hang slow", "a/b\thang\t ", "a/b\tpass\tx", "a/b\tslow\tx", "a/c\thang\tx\na/b\thang\tx", "a/b\thang\tx\na/b\thang\tx",
	} {
		if _, err := ParseKnown([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// Every name of the lists must be one of a program, or a failure could hide
// behind a slip of the pen.
func TestKnownNamesProbes(t *testing.T) {
	text, err := os.ReadFile("known.txt")
	if err != nil {
		t.Fatal(err)
	}
	known, err := ParseKnown(text)
	if err != nil {
		t.Fatal(err)
	}
	for name := range known {
		folder, base, _ := strings.Cut(name, "/")
		if folder != "probes" {
			continue
		}
		if _, err := os.Stat(filepath.Join("testdata", "probes", base+".txtar")); err != nil {
			t.Errorf("%s is no probe", name)
		}
	}
}

func TestGorootWithoutTests(t *testing.T) {
	root := t.TempDir()
	_, err := Goroot(root, "chan", nil)
	if err == nil || !strings.Contains(err.Error(), "has no test folder") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(filepath.Join(root, "a.go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Goroot(root, "test", []string{"b.go"}); err == nil || !strings.Contains(err.Error(), "b.go is listed") {
		t.Errorf("error %v", err)
	}
}

func TestGorootTakesRunnableFiles(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"a.go": "// run\n\npackage main\n", "b.go": "// run -race\n", "c.go": "// errorcheck\n", "d.txt": "// run\n", "e.go": "// run",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		listed []string
		want   string
	}{{nil, "test/a test/e"}, {[]string{"a.go", "c.go"}, "test/a"}} {
		all, err := Goroot(root, "test", tt.listed)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range all {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.listed, got, tt.want)
		}
	}
}
