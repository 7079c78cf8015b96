package machine

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"hash"

	"runnext/sim/machine/interp"
)

// sumNatives are the checksums of package crypto, of bytes at hand and of what
// is written piece by piece.
func sumNatives(h *host) map[string]native {
	sum := func(f func(b []byte) []byte) native {
		return func(t *thread, a []value) status {
			t.M.Toil(a[0].Len())
			b := f(a[0].Bytes())
			h.s.Charge(h.sync(t), int64(a[0].Len()))
			return t.Return(value{P: interp.ByteSlice(b).P})
		}
	}
	out := map[string]native{
		"crypto/md5.Sum":       sum(func(b []byte) []byte { s := md5.Sum(b); return s[:] }),
		"crypto/sha1.Sum":      sum(func(b []byte) []byte { s := sha1.Sum(b); return s[:] }),
		"crypto/sha256.Sum256": sum(func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }),
		"crypto/sha256.Sum224": sum(func(b []byte) []byte { s := sha256.Sum224(b); return s[:] }),
		"crypto/sha512.Sum512": sum(func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }),
		"crypto/sha512.Sum384": sum(func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }),
	}
	for _, d := range []digest{
		{"crypto/md5", "digest", map[string]func() hash.Hash{"New": md5.New}},
		{"crypto/sha1", "digest", map[string]func() hash.Hash{"New": sha1.New}},
		{"crypto/sha256", "Digest", map[string]func() hash.Hash{"New": sha256.New, "New224": sha256.New224}},
		{"crypto/sha512", "Digest", map[string]func() hash.Hash{"New": sha512.New, "New384": sha512.New384}},
	} {
		for name, begin := range d.begin {
			out[d.path+"."+name] = func(t *thread, _ []value) status {
				typ := h.nativeType(d.path, d.name, nil)
				if typ.NativeMethods() == 0 {
					typ.SetNativeMethods(d.methods(h))
				}
				v := interp.Pointer(new(value))
				d.store(v, begin())
				return t.Return(t.M.Box(typ, v))
			}
		}
	}
	return out
}

// digest is a type of hashes, and the functions that make them. Each is a cell
// of the program's memory that holds the hash's state as a text, so that it is
// copied and kept as all memory is.
type digest struct {
	path, name string
	begin      map[string]func() hash.Hash
}

func (d digest) store(v value, x hash.Hash) {
	text, _ := x.(encoding.BinaryMarshaler).MarshalBinary() // never fails
	*v.Addr() = interp.String(string(text))
}

// load gives a hash and what made it; only that one's states are taken.
func (d digest) load(v value) (x hash.Hash, begin func() hash.Hash) {
	for _, begin = range d.begin {
		x = begin()
		if x.(encoding.BinaryUnmarshaler).UnmarshalBinary([]byte(v.Addr().Str())) == nil {
			break
		}
	}
	return x, begin
}

func (d digest) methods(h *host) map[string]native {
	return map[string]native{
		"Write": func(t *thread, a []value) status {
			n := a[1].Len()
			t.M.Toil(n)
			x, _ := d.load(a[0])
			x.Write(a[1].Bytes())
			d.store(a[0], x)
			h.s.Charge(h.sync(t), int64(n))
			return t.Return(interp.Int(int64(n)), value{})
		},
		"Sum": func(t *thread, a []value) status {
			t.M.Toil(a[1].Len())
			x, _ := d.load(a[0])
			return t.Return(interp.ByteSlice(x.Sum(a[1].Bytes())))
		},
		"Reset": func(t *thread, a []value) status {
			_, begin := d.load(a[0])
			d.store(a[0], begin())
			return t.Return()
		},
		"Size": func(t *thread, a []value) status {
			x, _ := d.load(a[0])
			return t.Return(interp.Int(int64(x.Size())))
		},
		"BlockSize": func(t *thread, a []value) status {
			x, _ := d.load(a[0])
			return t.Return(interp.Int(int64(x.BlockSize())))
		},
	}
}
