package run

import (
	"errors"
	"go/importer"
	"slices"
	"testing"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// What Go takes and we do not is told as that, a defect of ours too.
func TestFrontTellsWhatIsOurs(t *testing.T) {
	const code = "package main\n\nfunc main() {}\n"
	tests := []struct {
		name string
		emit func(*cell.Checked) ([]byte, *engine.Failure)
		want []string
	}{
		{"refused", func(*cell.Checked) ([]byte, *engine.Failure) {
			return nil, &engine.Failure{Text: "too odd", Why: "so", Try: "a notebook's advice", Places: []engine.Place{{Cell: 1, Line: 3, Column: 6}}}
		}, []string{"x.go:3:6: refused: too odd", "Why: so", "Try: go run x.go"}},
		{"without a place", func(*cell.Checked) ([]byte, *engine.Failure) {
			return nil, &engine.Failure{Text: "too odd"}
		}, []string{"x.go:1:1: refused: too odd", "Try: go run x.go"}},
		{"a defect", func(*cell.Checked) ([]byte, *engine.Failure) { panic(errors.New("nil map")) },
			[]string{"x.go:1:1: this program cannot be run here: internal error: nil map"}},
	}
	for _, tt := range tests {
		c := Config{Importer: importer.Default(), Emit: tt.emit}
		if _, got := c.front("x.go", code); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCrashText(t *testing.T) {
	main := engine.Place{Cell: 1, Line: 9, Column: 2, Func: "main"}
	tests := []struct {
		name string
		f    engine.Failure
		id   uint64
		want string
	}{
		{"no place", engine.Failure{Text: "panic: x"}, 5, "panic: x\n\ngoroutine 1 [running]:\n"},
		{"main", engine.Failure{Text: "panic: x", Places: []engine.Place{main}}, 5, "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:9\n"},
		{"what stands around main", engine.Failure{Text: "panic: x", Places: []engine.Place{main, {Cell: 1, Line: 8}}}, 5,
			"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:9\n"},
		{"a method in a goroutine", engine.Failure{Text: "panic: x", Places: []engine.Place{{Line: 3, Func: "(*T).m"}}}, 5,
			"panic: x\n\ngoroutine 5 [running]:\nmain.(*T).m(...)\n\tx.go:3\n"},
		{"more of the panic", engine.Failure{Text: "panic: a [recovered]", Detail: []string{"\tpanic: b"}, Places: []engine.Place{main}}, 1,
			"panic: a [recovered]\n\tpanic: b\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:9\n"},
		{"a signal", engine.Failure{Text: "panic: runtime error: invalid memory address or nil pointer dereference", Places: []engine.Place{main}}, 1,
			"panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation]\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:9\n"},
	}
	for _, tt := range tests {
		if got := crashText("x.go", &tt.f, tt.id); got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
	if goid() == 0 {
		t.Error("this goroutine has no number")
	}
}

func TestProgramName(t *testing.T) {
	for file, want := range map[string]string{"x.go": "x", "a/b.c.go": "b.c", "./x": "x"} {
		if got := programName(file); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
