package lab

import (
	"reflect"

	"runnext/kernel/engine"
)

// Symbols gives the package to an interpreter, its functions bound to a
// running cell: each name with the value of a function or constant, or with a
// nil pointer to a type, as yaegi's extract writes them. What is shown goes to
// io, for as long as a goroutine of the cell lives.
//
// yaegi looks for the wrapper of an interface under the path the compiler
// knows, so the map is to be registered both as runnext/lab/lab and as
// runnext/kernel/lab/lab. It is cheap enough to be made for every cell.
func Symbols(io engine.IO) map[string]reflect.Value {
	d := newDesk(cell{io})
	return map[string]reflect.Value{
		"Goroutines": reflect.ValueOf(d.Goroutines),
		"Requests":   reflect.ValueOf(d.Requests),
		"Server":     reflect.ValueOf(d.Server),
		"StackTouch": reflect.ValueOf(d.StackTouch),
		"Switch":     reflect.ValueOf(d.Switch),
		"Threads":    reflect.ValueOf(d.Threads),
		"TwoPC":      reflect.ValueOf(d.TwoPC),

		"Clear":    reflect.ValueOf(d.Clear),
		"HTML":     reflect.ValueOf(d.HTML),
		"JSON":     reflect.ValueOf(d.JSON),
		"Machine":  reflect.ValueOf(Machine),
		"Markdown": reflect.ValueOf(d.Markdown),
		"NoLimit":  reflect.ValueOf(NoLimit),
		"Outcomes": reflect.ValueOf(d.Outcomes),
		"Progress": reflect.ValueOf(d.Progress),
		"SVG":      reflect.ValueOf(d.SVG),
		"Show":     reflect.ValueOf(d.Show),
		"Table":    reflect.ValueOf(d.Table),

		"Bar":      reflect.ValueOf((*Bar)(nil)),
		"Bundler":  reflect.ValueOf((*Bundler)(nil)),
		"Card":     reflect.ValueOf((*Card)(nil)),
		"Count":    reflect.ValueOf((*Count)(nil)),
		"Figure":   reflect.ValueOf((*Figure)(nil)),
		"Limit":    reflect.ValueOf((*Limit)(nil)),
		"Measured": reflect.ValueOf((*Measured)(nil)),
		"Tally":    reflect.ValueOf((*Tally)(nil)),
		"Handle":   reflect.ValueOf((*Handle)(nil)),

		"_Bundler": reflect.ValueOf((*wrapBundler)(nil)),
	}
}

// wrapBundler is a value of the interpreter whose type has a method
// MIMEBundle, in the form yaegi wants: its methods are not methods to Go.
type wrapBundler struct {
	IValue      any
	WMIMEBundle func() map[string]any
}

// MIMEBundle calls the interpreted method.
func (w wrapBundler) MIMEBundle() map[string]any { return w.WMIMEBundle() }
