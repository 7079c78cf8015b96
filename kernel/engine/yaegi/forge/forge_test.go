package forge

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"testing"
	"unsafe"

	"runnext/kernel/core/program"
)

// Types used by the tests: a notebook that declares
//
//	type Celsius float64            // func (Celsius) String() string
//	type node struct { n int; next *node; kids map[string]node; C Celsius `json:"c"` }
//	                                // func (*node) Error() string
//	type list []node                // Len, Less, Swap
//	type Shape interface { Scale(Celsius) Shape }
const (
	tFloat = iota + 1
	tString
	tInt
	tBool
	tCelsius
	tNode
	tNodePtr
	tNodeMap
	tNodeStruct
	tFuncString
	tList
	tListSlice
	tFuncInt
	tFuncLess
	tFuncSwap
	tShape
	tShapeIface
	tFuncScale
	tAny
	tAnon
)

func testTypes() []program.Type {
	return []program.Type{
		{},
		tFloat:      {Kind: program.Basic, Name: "float64"},
		tString:     {Kind: program.Basic, Name: "string"},
		tInt:        {Kind: program.Basic, Name: "int"},
		tBool:       {Kind: program.Basic, Name: "bool"},
		tCelsius:    {Kind: program.Named, Name: "main.Celsius", Path: "main", ID: "main.Celsius", Elem: tFloat, Methods: []program.Method{{Name: "String", Type: tFuncString, Value: true}}},
		tNode:       {Kind: program.Named, Name: "main.node", Path: "main", ID: "main.node", Elem: tNodeStruct, Methods: []program.Method{{Name: "Error", Type: tFuncString}}},
		tNodePtr:    {Kind: program.Pointer, Elem: tNode},
		tNodeMap:    {Kind: program.Map, Key: tString, Elem: tNode},
		tNodeStruct: {Kind: program.Struct, Fields: []program.Field{{Name: "n", Path: "main", Type: tInt}, {Name: "next", Path: "main", Type: tNodePtr}, {Name: "kids", Path: "main", Type: tNodeMap}, {Name: "C", Tag: `json:"c"`, Type: tCelsius}}},
		tFuncString: {Kind: program.Signature, Out: []int{tString}},
		tList: {Kind: program.Named, Name: "main.list", Path: "main", ID: "main.list", Elem: tListSlice, Methods: []program.Method{
			{Name: "Len", Type: tFuncInt, Value: true}, {Name: "Less", Type: tFuncLess, Value: true}, {Name: "Swap", Type: tFuncSwap, Value: true}}},
		tListSlice:  {Kind: program.Slice, Elem: tNode},
		tFuncInt:    {Kind: program.Signature, Out: []int{tInt}},
		tFuncLess:   {Kind: program.Signature, In: []int{tInt, tInt}, Out: []int{tBool}},
		tFuncSwap:   {Kind: program.Signature, In: []int{tInt, tInt}},
		tShape:      {Kind: program.Named, Name: "main.Shape", Path: "main", ID: "main.Shape", Elem: tShapeIface},
		tShapeIface: {Kind: program.Interface, Methods: []program.Method{{Name: "Scale", Type: tFuncScale}}},
		tFuncScale:  {Kind: program.Signature, In: []int{tCelsius}, Out: []int{tShape}},
		tAny:        {Kind: program.Interface},
		tAnon:       {Kind: program.Struct, Fields: []program.Field{{Name: "Celsius", Type: tCelsius, Embedded: true}, {Name: "x", Path: "main", Type: tInt}}},
	}
}

func newWorld() *World {
	return NewWorld(func(path, name string) (reflect.Type, bool) { return nil, false })
}

func resolve(t *testing.T, w *World, types []program.Type) *Set {
	t.Helper()
	s, err := w.Resolve(types)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// both leads calls through T and through *T to a function that takes a pointer.
func both(fn any) Methods { return Methods{Word: fn, Pointer: fn} }

func TestEntriesHaveTheirSize(t *testing.T) {
	for _, i := range []int{0, 1, 17, Slots - 1} {
		setSlot(i, func(a int, b string) string { return fmt.Sprint(i, a, b) })
	}
	for _, i := range []int{0, 1, 17, Slots - 1} {
		code := entry(i)
		fn := &code
		f := *(*func(int, string) string)(unsafe.Pointer(&fn))
		if got, want := f(5, "x"), fmt.Sprint(i, 5, "x"); got != want {
			t.Errorf("entry %d: %q, want %q", i, got, want)
		}
	}
}

func TestNamesAndMethods(t *testing.T) {
	w := newWorld()
	s := resolve(t, w, testTypes())
	if err := s.Bind(tCelsius, "", "String", Methods{Word: func(p *float64) string { return fmt.Sprintf("%.1f°", *p) }, Direct: func(f float64) string { return "direct" }}); err != nil {
		t.Fatal(err)
	}
	hot := Retype(36.6, s.True[tCelsius])
	for _, c := range []struct{ format, want string }{
		{"%v", "36.6°"}, {"%T", "main.Celsius"}, {"%s", "36.6°"}, {"%.0f", "37"},
	} {
		if got := fmt.Sprintf(c.format, hot); got != c.want {
			t.Errorf("%s: %q, want %q", c.format, got, c.want)
		}
	}
	if _, ok := hot.(float64); ok {
		t.Error("a Celsius is a float64")
	}
	slice := reflect.MakeSlice(reflect.SliceOf(s.True[tCelsius]), 2, 2)
	if got := fmt.Sprint(slice.Interface()); got != "[0.0° 0.0°]" {
		t.Errorf("slice prints %s", got)
	}
	if m, ok := s.True[tCelsius].MethodByName("String"); !ok || m.Func.Call([]reflect.Value{reflect.ValueOf(hot)})[0].String() != "direct" {
		t.Errorf("method by name: %v %v", m, ok)
	}
	if got := reflect.ValueOf(hot).Method(0).Call(nil)[0].String(); got != "36.6°" {
		t.Errorf("method value: %s", got)
	}
	m := map[any]int{hot: 1, 36.6: 2}
	if m[Retype(36.6, s.True[tCelsius])] != 1 || len(m) != 2 {
		t.Errorf("map keys: %v", m)
	}
	again := resolve(t, w, testTypes())
	if again.True[tCelsius] != s.True[tCelsius] {
		t.Error("a second program has another type")
	}
}

func TestRecursiveStruct(t *testing.T) {
	w := newWorld()
	s := resolve(t, w, testTypes())
	type node struct {
		n    int
		next *node
		kids map[string]node
		C    float64
	}
	for _, face := range []reflect.Type{s.True[tNode], s.Core[tNode]} {
		want := reflect.TypeFor[node]()
		if face.Size() != want.Size() || face.NumField() != want.NumField() {
			t.Fatalf("%v: size %d, %d fields", face, face.Size(), face.NumField())
		}
		for i := range want.NumField() {
			if face.Field(i).Offset != want.Field(i).Offset {
				t.Errorf("field %d at %d, want %d", i, face.Field(i).Offset, want.Field(i).Offset)
			}
		}
	}
	var target = reflect.New(s.True[tNodePtr])
	s.Bind(tNode, "", "Error", both(func(n *node) string { return fmt.Sprint("node ", n.n) }))
	n := &node{n: 4, C: 1.5}
	n.kids = map[string]node{"a": {n: 5}}
	err := Retype(any(n), s.True[tNodePtr]).(error)
	wrapped := fmt.Errorf("wrap: %w", err)
	if wrapped.Error() != "wrap: node 4" {
		t.Errorf("got %q", wrapped)
	}
	if !errors.As(wrapped, target.Interface()) || target.Elem().Pointer() != uintptr(unsafe.Pointer(n)) {
		t.Error("errors.As does not find the node")
	}
	b, e := json.Marshal(Retype(*n, s.True[tNode]))
	if string(b) != `{"c":1.5}` || e != nil {
		t.Errorf("json: %s %v", b, e)
	}
	s.Bind(tCelsius, "", "String", both(func(p *float64) string { return "C" }))
	if got := fmt.Sprintf("%+v", Retype(*n, s.True[tNode])); got != "{n:4 next:<nil> kids:map[a:{n:5 next:<nil> kids:map[] C:0}] C:C}" {
		t.Errorf("%%+v: %s", got)
	}
	// The core face reads the same memory.
	v := reflect.ValueOf(Retype(any(n), reflect.PointerTo(s.Core[tNode]))).Elem()
	v.Field(0).SetInt(77)
	kid := v.Field(2).MapIndex(reflect.ValueOf("a"))
	if n.n != 77 || kid.Field(0).Int() != 5 {
		t.Errorf("core face: %v, kid %v", n.n, kid)
	}
	runtime.GC()
	if n.kids["a"].n != 5 {
		t.Error("lost in the garbage collection")
	}
}

func TestSortInterface(t *testing.T) {
	s := resolve(t, newWorld(), testTypes())
	type node struct {
		n    int
		next *node
		kids map[string]node
		C    float64
	}
	s.Bind(tList, "", "Len", both(func(p *[]node) int { return len(*p) }))
	s.Bind(tList, "", "Less", both(func(p *[]node, i, j int) bool { return (*p)[i].n < (*p)[j].n }))
	s.Bind(tList, "", "Swap", both(func(p *[]node, i, j int) { (*p)[i], (*p)[j] = (*p)[j], (*p)[i] }))
	l := []node{{n: 3}, {n: 1}, {n: 2}}
	sort.Sort(Retype(l, s.True[tList]).(sort.Interface))
	if l[0].n != 1 || l[2].n != 3 {
		t.Errorf("sorted: %v", l)
	}
}

func TestInterfaceOfForgedTypes(t *testing.T) {
	s := resolve(t, newWorld(), testTypes())
	shape := s.True[tShape]
	if shape.NumMethod() != 1 || shape.String() != "main.Shape" || shape.Method(0).Type.String() != "func(main.Celsius) main.Shape" {
		t.Errorf("interface: %v %v", shape, shape.Method(0).Type)
	}
	if s.True[tCelsius].Implements(shape) {
		t.Error("Celsius implements Shape")
	}
	if got := s.True[tAnon].Field(0); !got.Anonymous || got.Name != "Celsius" {
		t.Errorf("embedded field: %+v", got)
	}
}

// A type whose methods change is a new version of itself.
func TestVersions(t *testing.T) {
	w := newWorld()
	types := testTypes()
	types[tCelsius].Methods = nil
	old := resolve(t, w, types)
	before := Retype(1.0, old.True[tCelsius])
	if fmt.Sprint(before) != "1" {
		t.Errorf("got %v", before)
	}
	now := resolve(t, w, testTypes())
	now.Bind(tCelsius, "", "String", both(func(*float64) string { return "new" }))
	if got := fmt.Sprint(Retype(1.0, now.True[tCelsius])); got != "new" {
		t.Errorf("got %v", got)
	}
	if !now.Same(tCelsius, reflect.TypeOf(before)) || now.Same(tCelsius, reflect.TypeOf(1.0)) || now.Same(tNode, reflect.TypeOf(before)) {
		t.Error("the versions of a type are not one type")
	}
}

func TestBasicNames(t *testing.T) {
	if !strings.HasPrefix(runtime.Version(), "go1.26") {
		t.Errorf("the memory of types was last compared with go1.26, this is %s", runtime.Version())
	}
	if basic("uint8") != reflect.TypeFor[byte]() {
		t.Error("uint8")
	}
}
