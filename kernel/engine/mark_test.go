package engine

import (
	"runtime"
	"testing"
)

// What the runtime writes of a goroutine is read back.
func TestMark(t *testing.T) {
	var text []byte
	Marked(3, 14, 2, func() {
		text = make([]byte, 64<<10)
		text = text[:runtime.Stack(text, false)]
	})
	if p, ok := MarkIn(string(text)); !ok || p != (Place{Cell: 3, Line: 14, Column: 2}) {
		t.Errorf("%v, %v in\n%s", p, ok, text)
	}
	for _, none := range []string{"", "fatal error: x\n\ngoroutine 1 [running]:\nmain.main()\n",
		"runnext/kernel/engine.Marked(0xfffffffffffffff, 0x1, 0x2, 0x3)\n", "x runnext/kernel/engine.Marked(0x1, 0x1, 0x2, 0x3)"} {
		if p, ok := MarkIn(none); ok {
			t.Errorf("%v in %q", p, none)
		}
	}
}
