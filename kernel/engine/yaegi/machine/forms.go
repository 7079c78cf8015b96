package machine

import (
	"math"
	"unsafe"
)

// form is the closure of a shape, which captures c alone, and the call of a func
// value of the shape.
type form struct {
	value func(c *closure) any
	call  func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer)
}

// forms are those of the shapes: i is a word of 64 bits, r an int32, b a bool,
// f a float64, p a pointer, t a string.
var forms = map[string]form{
	":": {func(c *closure) any { return func() { c.call(nil, nil) } },
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { as[func()](fn)() }},
	"i:": {func(c *closure) any { return func(x uint64) { c.call([]uint64{x}, nil) } },
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { as[func(uint64)](fn)(w[0]) }},
	"ii:": {func(c *closure) any { return func(x, y uint64) { c.call([]uint64{x, y}, nil) } },
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { as[func(uint64, uint64)](fn)(w[0], w[1]) }},
	"iii:": {func(c *closure) any { return func(x, y, z uint64) { c.call([]uint64{x, y, z}, nil) } },
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			as[func(uint64, uint64, uint64)](fn)(w[0], w[1], w[2])
		}},
	":i": {func(c *closure) any {
		return func() uint64 {
			v, _ := c.call(nil, nil)
			return v
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { w[0] = as[func() uint64](fn)() }},
	"i:i": {func(c *closure) any {
		return func(x uint64) uint64 {
			v, _ := c.call([]uint64{x}, nil)
			return v
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { w[0] = as[func(uint64) uint64](fn)(w[0]) }},
	"ii:i": {func(c *closure) any {
		return func(x, y uint64) uint64 {
			v, _ := c.call([]uint64{x, y}, nil)
			return v
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = as[func(uint64, uint64) uint64](fn)(w[0], w[1])
		}},
	"iii:i": {func(c *closure) any {
		return func(x, y, z uint64) uint64 {
			v, _ := c.call([]uint64{x, y, z}, nil)
			return v
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = as[func(uint64, uint64, uint64) uint64](fn)(w[0], w[1], w[2])
		}},
	":b": {func(c *closure) any {
		return func() bool {
			v, _ := c.call(nil, nil)
			return v != 0
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { w[0] = word(as[func() bool](fn)()) }},
	"i:b": {func(c *closure) any {
		return func(x uint64) bool {
			v, _ := c.call([]uint64{x}, nil)
			return v != 0
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { w[0] = word(as[func(uint64) bool](fn)(w[0])) }},
	"ii:b": {func(c *closure) any {
		return func(x, y uint64) bool {
			v, _ := c.call([]uint64{x, y}, nil)
			return v != 0
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = word(as[func(uint64, uint64) bool](fn)(w[0], w[1]))
		}},
	":p": {func(c *closure) any {
		return func() unsafe.Pointer {
			_, q := c.call(nil, nil)
			return q
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { p[0] = as[func() unsafe.Pointer](fn)() }},
	"p:": {func(c *closure) any { return func(x unsafe.Pointer) { c.call(nil, []unsafe.Pointer{x}) } },
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { as[func(unsafe.Pointer)](fn)(p[0]) }},
	"pp:": {func(c *closure) any { return func(x, y unsafe.Pointer) { c.call(nil, []unsafe.Pointer{x, y}) } },
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			as[func(unsafe.Pointer, unsafe.Pointer)](fn)(p[0], p[1])
		}},
	"pi:": {func(c *closure) any {
		return func(x unsafe.Pointer, y uint64) { c.call([]uint64{y}, []unsafe.Pointer{x}) }
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			as[func(unsafe.Pointer, uint64)](fn)(p[0], w[0])
		}},
	"p:i": {func(c *closure) any {
		return func(x unsafe.Pointer) uint64 {
			v, _ := c.call(nil, []unsafe.Pointer{x})
			return v
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = as[func(unsafe.Pointer) uint64](fn)(p[0])
		}},
	"p:p": {func(c *closure) any {
		return func(x unsafe.Pointer) unsafe.Pointer {
			_, q := c.call(nil, []unsafe.Pointer{x})
			return q
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			p[0] = as[func(unsafe.Pointer) unsafe.Pointer](fn)(p[0])
		}},
	"pp:p": {func(c *closure) any {
		return func(x, y unsafe.Pointer) unsafe.Pointer {
			_, q := c.call(nil, []unsafe.Pointer{x, y})
			return q
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			p[0] = as[func(unsafe.Pointer, unsafe.Pointer) unsafe.Pointer](fn)(p[0], p[1])
		}},
	"pi:i": {func(c *closure) any {
		return func(x unsafe.Pointer, y uint64) uint64 {
			v, _ := c.call([]uint64{y}, []unsafe.Pointer{x})
			return v
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = as[func(unsafe.Pointer, uint64) uint64](fn)(p[0], w[0])
		}},
	"p:b": {func(c *closure) any {
		return func(x unsafe.Pointer) bool {
			v, _ := c.call(nil, []unsafe.Pointer{x})
			return v != 0
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = word(as[func(unsafe.Pointer) bool](fn)(p[0]))
		}},
	"pp:b": {func(c *closure) any {
		return func(x, y unsafe.Pointer) bool {
			v, _ := c.call(nil, []unsafe.Pointer{x, y})
			return v != 0
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = word(as[func(unsafe.Pointer, unsafe.Pointer) bool](fn)(p[0], p[1]))
		}},
	"r:b": {func(c *closure) any {
		return func(x int32) bool {
			v, _ := c.call([]uint64{uint64(x)}, nil)
			return v != 0
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = word(as[func(int32) bool](fn)(int32(w[0])))
		}},
	"r:r": {func(c *closure) any {
		return func(x int32) int32 {
			v, _ := c.call([]uint64{uint64(x)}, nil)
			return int32(v)
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = uint64(as[func(int32) int32](fn)(int32(w[0])))
		}},
	":f": {func(c *closure) any {
		return func() float64 {
			v, _ := c.call(nil, nil)
			return f64(v)
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = math.Float64bits(as[func() float64](fn)())
		}},
	"f:f": {func(c *closure) any {
		return func(x float64) float64 {
			v, _ := c.call([]uint64{math.Float64bits(x)}, nil)
			return f64(v)
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = math.Float64bits(as[func(float64) float64](fn)(f64(w[0])))
		}},
	"ff:f": {func(c *closure) any {
		return func(x, y float64) float64 {
			v, _ := c.call([]uint64{math.Float64bits(x), math.Float64bits(y)}, nil)
			return f64(v)
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			w[0] = math.Float64bits(as[func(float64, float64) float64](fn)(f64(w[0]), f64(w[1])))
		}},
	":t": {func(c *closure) any {
		return func() string {
			n, q := c.call(nil, nil)
			return textAt(&n, &q)
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			setText(&w[0], &p[0], as[func() string](fn)())
		}},
	"p:t": {func(c *closure) any {
		return func(x unsafe.Pointer) string {
			n, q := c.call(nil, []unsafe.Pointer{x})
			return textAt(&n, &q)
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			setText(&w[0], &p[0], as[func(unsafe.Pointer) string](fn)(p[0]))
		}},
	"t:": {func(c *closure) any {
		return func(s string) {
			c.call([]uint64{uint64(len(s))}, []unsafe.Pointer{unsafe.Pointer(unsafe.StringData(s))})
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) { as[func(string)](fn)(textAt(&w[0], &p[0])) }},
	"t:t": {func(c *closure) any {
		return func(s string) string {
			n, q := c.call([]uint64{uint64(len(s))}, []unsafe.Pointer{unsafe.Pointer(unsafe.StringData(s))})
			return textAt(&n, &q)
		}
	},
		func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
			setText(&w[0], &p[0], as[func(string) string](fn)(textAt(&w[0], &p[0])))
		}},
}
