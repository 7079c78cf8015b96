package yaegi

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// print and println are the builtin functions.
func (c *cell) print(args ...any) { io.WriteString(c.stderr(), builtinText(args, "")) }

func (c *cell) println(args ...any) { io.WriteString(c.stderr(), builtinText(args, " ")+"\n") }

// words is an interface as print shows it: it does not look inside.
type words [2]uintptr

// printed takes an interface operand of print.
func printed(x any) words { return *(*words)(unsafe.Pointer(&x)) }

// builtinText gives what print writes (go1.26.8 runtime/print.go). It goes by
// the kinds of its operands: it calls no methods.
func builtinText(args []any, sep string) string {
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			b.WriteString(sep)
		}
		if w, ok := a.(words); ok {
			fmt.Fprintf(&b, "(%#x,%#x)", w[0], w[1])
			continue
		}
		switch v := reflect.ValueOf(a); v.Kind() {
		case reflect.Bool:
			b.WriteString(strconv.FormatBool(v.Bool()))
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			b.WriteString(strconv.FormatInt(v.Int(), 10))
		case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			b.WriteString(strconv.FormatUint(v.Uint(), 10))
		case reflect.String:
			b.WriteString(v.String())
		case reflect.Float32, reflect.Float64:
			b.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
		case reflect.Complex64, reflect.Complex128:
			b.WriteString(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
		case reflect.Slice:
			fmt.Fprintf(&b, "[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
		case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
			fmt.Fprintf(&b, "%#x", v.Pointer())
		default: // nil
			b.WriteString("(0x0,0x0)")
		}
	}
	return b.String()
}
