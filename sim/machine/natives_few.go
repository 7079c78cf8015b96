package machine

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"go/types"
	"path"

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

// sumNatives are checksums of bytes at hand. What is written piece by piece is
// not there.
func sumNatives() map[string]native {
	sum := func(f func(b []byte) []byte) native {
		return func(t *thread, a []value) status {
			t.M.Toil(a[0].Len())
			b := f(a[0].Bytes())
			return t.Return(value{P: interp.ByteSlice(b).P})
		}
	}
	return map[string]native{
		"crypto/md5.Sum":       sum(func(b []byte) []byte { s := md5.Sum(b); return s[:] }),
		"crypto/sha1.Sum":      sum(func(b []byte) []byte { s := sha1.Sum(b); return s[:] }),
		"crypto/sha256.Sum256": sum(func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }),
		"crypto/sha256.Sum224": sum(func(b []byte) []byte { s := sha256.Sum224(b); return s[:] }),
		"crypto/sha512.Sum512": sum(func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }),
	}
}

// filepathNatives are what package path/filepath does to names alone, as where
// a slash stands between them.
func filepathNatives() map[string]native {
	one := func(f func(string) string) native {
		return func(t *thread, a []value) status { return t.Return(interp.String(f(a[0].Str()))) }
	}
	return map[string]native{
		"path/filepath.Base": one(path.Base), "path/filepath.Ext": one(path.Ext),
		"path/filepath.Dir": one(path.Dir), "path/filepath.Clean": one(path.Clean),
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
