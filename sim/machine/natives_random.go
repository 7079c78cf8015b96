package machine

import (
	"hash/fnv"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/machine/interp"
)

// randomNatives give random numbers, all of them drawn from the run's seed.
func randomNatives(h *host) map[string]native {
	random := func(t *thread, _ []value) status { return t.Return(value{N: h.random()}) }
	hashed := func(t *thread, text string, seed uint64) status {
		t.M.ToilOver(len(text))
		if text == "" {
			return t.Return(value{N: seed})
		}
		sum := fnv.New64a()
		for i := range 8 {
			sum.Write([]byte{byte(seed >> (8 * i))})
		}
		sum.Write([]byte(text))
		x := sum.Sum64()
		x ^= x >> 32
		return t.Return(value{N: x * 0x9e3779b97f4a7c15})
	}
	return map[string]native{
		"math/rand.runtime_rand":    random,
		"math/rand/v2.runtime_rand": random,
		"hash/maphash.runtime_rand": random,
		"hash/maphash.randUint64":   random,
		"hash/maphash.rthash": func(t *thread, a []value) status {
			return hashed(t, string(a[0].Bytes()), a[1].N)
		},
		"hash/maphash.rthashString":            func(t *thread, a []value) status { return hashed(t, a[0].Str(), a[1].N) },
		"crypto/rand.Read":                     func(t *thread, a []value) status { return h.randomBytes(t, a[0]) },
		"crypto/internal/fips140only.Enforced": ret(interp.Bool(false)),
		"crypto/internal/rand.CustomReader":    func(t *thread, a []value) status { return t.Return(a[0]) },
	}
}

func (h *host) random() uint64 {
	if h.steer != nil {
		h.steer.drew()
	}
	return h.s.Rand64()
}

// randomBytes fills a slice.
func (h *host) randomBytes(t *thread, b value) status {
	n := b.Len()
	t.M.Toil(n)
	h.s.ShortCall(h.sync(t))
	for i := range b.Cells(n) {
		b.Cells(n)[i].N = h.random() & 0xff
	}
	return t.Return(interp.Int(int64(n)), value{})
}

// randomReader is crypto/rand.Reader.
func (h *host) randomReader(*interp.Machine, *ssa.Global) value {
	typ := h.nativeType("crypto/rand", "reader", nil)
	if typ.NativeMethods() == 0 {
		typ.SetNativeMethods(map[string]native{
			"Read": func(t *thread, a []value) status { return h.randomBytes(t, a[1]) },
		})
	}
	return h.vm.Box(typ, interp.Pointer(new(value)))
}
