package run

import (
	"bytes"
	"strings"
	"testing"

	"runnext/kernel/core/program"
)

func TestTeller(t *testing.T) {
	p := &program.Program{
		Funcs: []program.Func{{}, {Name: "main", Site: 2, End: 4}, {Name: "worker", Site: 1, End: 5, Calls: []program.Call{{Name: "(*sync.Mutex).Unlock", Site: 3}}}},
		Sites: []program.Site{{}, {Cell: 1, Line: 3, Column: 1}, {Cell: 1, Line: 9, Column: 1}, {Cell: 1, Line: 5, Column: 2}, {Cell: 1, Line: 12, Column: 1}, {Cell: 1, Line: 7, Column: 1}, {Cell: 1, Line: 11, Column: 2}},
	}
	code, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	const own = "github.com/traefik/yaegi/interp.runCfg(0x1)\n\tx:1\n"
	const stack = "runtime.main()\n\tproc.go:1\n"
	tests := []struct{ name, raw, want string }{
		{"nothing", "", ""},
		{"a program's own", "a\npanicked? no\nb", "a\npanicked? no\nb"},
		{"no crash, no goroutines cut", "goroutine 7 [running]:\nmain.x()\n", "goroutine 7 [running]:\nmain.x()\n"},
		{
			"fatal error", "x\nfatal error: concurrent map writes\n\ngoroutine 35 [running]:\n" + own + "\ngoroutine 1 [select]:\n" + stack,
			"x\nfatal error: concurrent map writes\n\ngoroutine 35 [running]:\n",
		},
		{
			"deadlock", "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select]:\n" + stack +
				"\ngoroutine 34 [select, 2 minutes]:\n" + own + "created by runnext/kernel/engine/yaegi.(*job).runMain in goroutine 1\n\tx\n" +
				"\ngoroutine 35 [chan send]:\nrunnext/kernel/engine/yaegi.standing(0x3, 0xc000)\n\tx:1\n" + own +
				"runnext/kernel/engine/yaegi.started(0x6, 0x1)\n\tx:1\ncreated by runnext/kernel/engine/yaegi.(*cell).goStmt in goroutine 34\n",
			"fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select, 2 minutes]:\n" +
				"\ngoroutine 35 [chan send]:\nmain.worker(...)\n\tx.go:5\ncreated by main.main in goroutine 1\n\tx.go:11\n",
		},
		{
			"thrown in a call that stands once", "fatal error: sync: unlock of unlocked mutex\n\ngoroutine 7 [running]:\nsync.fatal({0x1, 0x2})\n\tx:1\n" +
				"sync.(*Mutex).Unlock(...)\n\tx:1\n" + own,
			"fatal error: sync: unlock of unlocked mutex\n\ngoroutine 7 [running]:\nmain.worker(...)\n\tx.go:5\n",
		},
		{
			"stack overflow", "runtime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0x1 stack=[0x2, 0x3]\nfatal error: stack overflow\n\n" +
				"runtime stack:\nruntime.throw({0x1, 0x2})\n\tpanic.go:1\n\ngoroutine 5 gp=0x1 m=0 mp=0x3 [running]:\n" + own,
			"runtime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0x1 stack=[0x2, 0x3]\nfatal error: stack overflow\n\ngoroutine 5 [running]:\n",
		},
		{
			"a site out of range", "fatal error: x\n\ngoroutine 5 [chan send]:\nrunnext/kernel/engine/yaegi.standing(0x99?, 0x1)\n" + own,
			"fatal error: x\n\ngoroutine 5 [chan send]:\n",
		},
		{
			"cut off", "fatal error: x\n\ngoroutine 5 [running]:\ngithub.com/traefik/yaegi/interp.runCfg(", "fatal error: x\n\ngoroutine 5 [running]:\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, step := range []int{len(tt.raw) + 1, 1, 7} {
				var out strings.Builder
				tell := newTeller(&out, "x.go", code)
				for raw := tt.raw; raw != ""; {
					n := min(step, len(raw))
					tell.Write([]byte(raw[:n]))
					raw = raw[n:]
				}
				tell.end()
				if out.String() != tt.want {
					t.Fatalf("in steps of %d:\n%s\nwant:\n%s", step, out.String(), tt.want)
				}
			}
		})
	}
}

// What no runtime has written goes through untouched, however it is cut.
func FuzzTeller(f *testing.F) {
	f.Add([]byte("fatal error: x\n\ngoroutine 1 [running]:\nmain.main()\n"), 3)
	f.Add([]byte("plain\noutput"), 1)
	f.Add([]byte("goroutine 1 [x]:\n\n\n"), 2)
	f.Fuzz(func(t *testing.T, raw []byte, step int) {
		step = max(step, 1)
		crash := false
		for line := range bytes.Lines(raw) {
			crash = crash || crashBegins.Match(bytes.TrimSuffix(line, []byte("\n")))
		}
		var out bytes.Buffer
		tell := newTeller(&out, "x.go", nil)
		for rest := raw; len(rest) > 0; {
			n := min(step, len(rest))
			tell.Write(rest[:n])
			rest = rest[n:]
		}
		tell.end()
		if !crash && !bytes.Equal(out.Bytes(), raw) {
			t.Errorf("%q became %q", raw, out.Bytes())
		}
	})
}
