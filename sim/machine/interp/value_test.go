package interp

import (
	"strconv"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// TestGrowCap compares the capacity that append gives with Go's own, for
// slices that are surely on the heap.
func TestGrowCap(t *testing.T) {
	var ints []int64
	var bytes []byte
	var strs []string
	var odd [][3]int64
	sink := func(...any) {}
	for n := range 3000 {
		check(t, "int64", len(ints)+1, cap(ints), 8, false, func() int { ints = append(ints, 1); return cap(ints) })
		check(t, "byte", len(bytes)+1, cap(bytes), 1, false, func() int { bytes = append(bytes, 1); return cap(bytes) })
		check(t, "string", len(strs)+1, cap(strs), 16, true, func() int { strs = append(strs, ""); return cap(strs) })
		check(t, "[3]int64", len(odd)+1, cap(odd), 24, false, func() int { odd = append(odd, [3]int64{}); return cap(odd) })
		sink(ints, bytes, strs, odd, n)
	}
	for n := 1; n < 5000; n += 37 {
		s := append(leak([]int64(nil)), make([]int64, n)...)
		if got := growCap(n, 0, 8, false); got != cap(s) {
			t.Errorf("%d at once: capacity %d, want %d", n, got, cap(s))
		}
	}
}

//go:noinline
func leak[T any](s []T) []T { return s }

func check(t *testing.T, name string, need, old int, size int64, pointers bool, grow func() int) {
	t.Helper()
	c := grow()
	if need <= old {
		return
	}
	if got := growCap(need, old, size, pointers); got != c && old > 0 {
		t.Errorf("%s: from %d to hold %d: capacity %d, want %d", name, old, need, got, c)
	}
}

// TestMapAgainstGo does the same to a map of the machine and to one of Go.
func TestMapAgainstGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := &Map{typ: &Type{key: &Type{Kind: KString, Size: 1}, elem: &Type{Kind: KInt, Size: 1}}, strs: map[string]int32{}}
		th := &Thread{M: &Machine{}}
		model := map[string]int64{}
		key := rapid.Map(rapid.IntRange(0, 40), strconv.Itoa)
		// A walk that is under way while the map changes: which keys it must
		// still meet, and which it has met and that have stayed since.
		var it *iter
		var due, met map[string]bool
		step := func(t *rapid.T) bool {
			var out [3]Value
			if it.next(out[:]); !out[0].Bool() {
				if len(due) > 0 {
					t.Fatalf("the walk does not meet %v", due)
				}
				it = nil
				return false
			}
			k := out[1].Str()
			if v, ok := model[k]; met[k] || !ok || v != out[2].Int() {
				t.Fatalf("the walk meets %q again %v, there %v, with %d for %d", k, met[k], ok, out[2].Int(), v)
			}
			met[k] = true
			delete(due, k)
			return true
		}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				k, v := key.Draw(t, "k"), rapid.Int64().Draw(t, "v")
				x.set(th, String(k), Int(v))
				model[k] = v
			},
			"delete": func(t *rapid.T) {
				k := key.Draw(t, "k")
				x.remove(th, String(k))
				delete(model, k)
				delete(due, k)
				delete(met, k)
			},
			"clear": func(t *rapid.T) {
				if rapid.IntRange(0, 20).Draw(t, "rarely") > 0 {
					t.Skip()
				}
				x.clear()
				clear(model)
				clear(due)
				clear(met)
			},
			"walk": func(t *rapid.T) {
				places := groupSlots
				if x.grown {
					places = max(len(x.list), 1)
				}
				it = th.M.walk(x, rapid.IntRange(0, places-1).Draw(t, "start"))
				due, met = map[string]bool{}, map[string]bool{}
				for k := range model {
					due[k] = true
				}
			},
			"step": func(t *rapid.T) {
				if it == nil {
					t.Skip()
				}
				step(t)
			},
			"finish": func(t *rapid.T) {
				for it != nil && step(t) {
				}
			},
			"": func(t *rapid.T) {
				if x.Len() != len(model) {
					t.Fatalf("%d entries, want %d", x.Len(), len(model))
				}
				for k, want := range model {
					v, ok, _ := x.Get(th, String(k))
					if !ok || v.Int() != want {
						t.Fatalf("%q gives %d, %v; want %d", k, v.Int(), ok, want)
					}
				}
			},
		})
	})
}

func TestValues(t *testing.T) {
	if v := String("héllo"); v.Str() != "héllo" || v.N != 6 {
		t.Errorf("a string of %d bytes: %q", v.N, v.Str())
	}
	if s := ByteSlice([]byte("abc")); string(s.Bytes()) != "abc" || s.Len() != 3 {
		t.Errorf("a slice of %d: %q", s.Len(), s.Bytes())
	}
	if s := Slice(nil); s.P != nil || s.Len() != 0 {
		t.Error("no elements are not a nil slice")
	}
	if s := Slice([]Value{}); s.P == nil {
		t.Error("an empty slice is a nil slice")
	}
	if f := Float(-2.5); f.Float() != -2.5 {
		t.Errorf("a float: %v", f.Float())
	}
	if c := Complex(3 + 4i); c.Complex() != 3+4i || (Value{}).Complex() != 0 {
		t.Errorf("a complex: %v", c.Complex())
	}
	p := newCells(3)
	store(p, Value{P: unsafe.Pointer(&[]Value{Int(1), Int(2), Int(3)}[0])}, 3, true)
	q := load(p, 3, true)
	(*Value)(p).N = 9
	if got := q.Cells(3); got[0].Int() != 1 || got[2].Int() != 3 {
		t.Errorf("a loaded struct shares its cells: %v", got)
	}
}
