package machine

import (
	"fmt"
	"io"
	"math"
	"strings"

	"runnext/sim/machine/interp"
)

// scanNatives read text into variables of the program: the real fmt scans into
// Go's variables, which are then stored.
func scanNatives(h *host) map[string]native {
	scan := func(r func(a []value) io.Reader, read func(r io.Reader, a []value, to []any) (int, error), targets func(a []value) []value) native {
		return func(t *thread, a []value) status {
			list := targets(a)
			to := make([]any, len(list))
			for i, v := range list {
				to[i] = scanTarget(t.M, v)
			}
			n, err := read(r(a), a, to)
			for i := range min(n, len(list)) {
				scanStore(t.M, list[i], to[i])
			}
			return t.Return(interp.Int(int64(n)), h.goError(t, err))
		}
	}
	text := func(a []value) io.Reader { return &scanned{strings.NewReader(a[0].Str()), h.vm} }
	stdin := func([]value) io.Reader { return h.input() }
	last := func(a []value) []value { return list(a[len(a)-1]) }
	plain := func(r io.Reader, _ []value, to []any) (int, error) { return fmt.Fscan(r, to...) }
	line := func(r io.Reader, _ []value, to []any) (int, error) { return fmt.Fscanln(r, to...) }
	formatted := func(r io.Reader, a []value, to []any) (int, error) {
		return fmt.Fscanf(r, a[len(a)-2].Str(), to...)
	}
	return map[string]native{
		"fmt.Sscan": scan(text, plain, last), "fmt.Sscanln": scan(text, line, last), "fmt.Sscanf": scan(text, formatted, last),
		"fmt.Scan": scan(stdin, plain, last), "fmt.Scanln": scan(stdin, line, last), "fmt.Scanf": scan(stdin, formatted, last),
	}
}

// scanned is a text that is read rune by rune.
type scanned struct {
	*strings.Reader
	vm *interp.Machine
}

// runeToil is the work of scanning one rune.
const runeToil = 16

func (s *scanned) ReadRune() (rune, int, error) {
	s.vm.Toil(runeToil)
	return s.Reader.ReadRune()
}

// scanTarget makes a Go variable for what a pointer of the program points to.
func scanTarget(m *interp.Machine, v value) any {
	if v.N == 0 {
		return nil
	}
	t, _ := m.Unbox(v)
	if t.Kind != interp.KPointer {
		return struct{}{}
	}
	switch e := m.Elem(t); {
	case e.Kind == interp.KBool:
		return new(bool)
	case e.Kind == interp.KString:
		return new(string)
	case e.Kind == interp.KInt32:
		return new(int32)
	case e.Kind == interp.KUint8:
		return new(uint8)
	case e.Kind.Signed():
		return new(int64)
	case e.Kind.Integer():
		return new(uint64)
	case e.Kind == interp.KFloat32:
		return new(float32)
	case e.Kind == interp.KFloat64:
		return new(float64)
	}
	return struct{}{}
}

func scanStore(m *interp.Machine, v value, from any) {
	_, p := m.Unbox(v)
	c := p.Addr()
	switch x := from.(type) {
	case *bool:
		*c = interp.Bool(*x)
	case *string:
		*c = interp.String(*x)
	case *int32:
		*c = interp.Int(int64(*x))
	case *uint8:
		*c = interp.Int(int64(*x))
	case *int64:
		*c = interp.Int(*x)
	case *uint64:
		*c = value{N: *x}
	case *float32:
		*c = value{N: uint64(math.Float32bits(*x))}
	case *float64:
		*c = interp.Float(*x)
	}
}
