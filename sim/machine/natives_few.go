package machine

import (
	"go/types"
	"path"
	"path/filepath"

	"runnext/sim/machine/interp"
)

// uniqueMake is unique.Make for one type: equal values have one address.
func uniqueMake(vm *interp.Machine, args []types.Type) native {
	typ := vm.TypeOf(args[0])
	known := vm.MakeMap(vm.TypeOf(types.NewMap(args[0], types.Typ[types.UnsafePointer]))).Map()
	return func(t *thread, a []value) status {
		v, ok, st := known.Get(t, a[0])
		if st != interp.Done {
			return st
		}
		if !ok {
			if !t.M.Room(int64(typ.Size) + syncMapCells) {
				return t.Throw(interp.OutOfMemory)
			}
			v.P = typ.New(1)
			typ.Store(v.P, a[0])
			known.Set(t, a[0], v)
		}
		return t.Return(interp.Cells([]value{v})) // a unique.Handle is a pointer
	}
}

// filepathNatives are what package path/filepath does to names alone, as where
// a slash stands between them.
func filepathNatives(h *host) map[string]native {
	one := func(f func(string) string) native {
		return func(t *thread, a []value) status { return t.Return(interp.String(f(a[0].Str()))) }
	}
	return map[string]native{
		"path/filepath.Base": one(path.Base), "path/filepath.Ext": one(path.Ext),
		"path/filepath.Dir": one(path.Dir), "path/filepath.Clean": one(path.Clean),
		"path/filepath.ToSlash": one(filepath.ToSlash), "path/filepath.FromSlash": one(filepath.FromSlash),
		"path/filepath.VolumeName": ret(interp.String("")),
		"path/filepath.Match": func(t *thread, a []value) status {
			t.M.ToilOver(int(a[0].N) * int(a[1].N+1))
			ok, err := path.Match(a[0].Str(), a[1].Str())
			if g := h.global("path/filepath", "ErrBadPattern"); err != nil && g != nil {
				return t.Return(interp.Bool(ok), *g)
			}
			return t.Return(interp.Bool(ok), value{})
		},
		"path/filepath.Rel": func(t *thread, a []value) status {
			s, err := filepath.Rel(a[0].Str(), a[1].Str())
			return t.Return(interp.String(s), h.goError(t, err))
		},
		"path/filepath.Split": func(t *thread, a []value) status {
			dir, file := path.Split(a[0].Str())
			return t.Return(interp.String(dir), interp.String(file))
		},
		"path/filepath.IsAbs": func(t *thread, a []value) status { return t.Return(interp.Bool(path.IsAbs(a[0].Str()))) },
		"path/filepath.Join": func(t *thread, a []value) status {
			var elems []string
			size := 0
			for _, s := range list(a[0]) {
				elems = append(elems, s.Str())
				size += 1 + int(s.N)
			}
			if !t.M.RoomForText(int64(2 * size)) {
				return t.Throw(interp.OutOfMemory)
			}
			return t.Return(interp.String(path.Join(elems...)))
		},
	}
}
