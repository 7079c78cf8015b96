package sim

// lottery is the seeded stand-in for the runtime's per-M cheaprand: splitmix64,
// so that neighbouring seeds give unrelated runs.
// go1.26.8 runtime/rand.go:227 cheaprand
type lottery struct{ state uint64 }

func (l *lottery) next() uint64 {
	l.state += 0x9e3779b97f4a7c15
	z := l.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (l *lottery) uint32() uint32 { return uint32(l.next() >> 32) }

// n draws from 0 to n-1.
// go1.26.8 runtime/rand.go:291 cheaprandn
func (l *lottery) n(n uint32) uint32 {
	return uint32(uint64(l.uint32()) * uint64(n) >> 32)
}

// late draws how long the operating system takes for what takes ns by and
// large: three quarters of it at least, twice as much now and then. With one P
// no order depends on it and nothing is drawn.
func (s *Sched) late(ns int64) int64 {
	if len(s.allp) == 1 {
		return ns
	}
	u := float64(s.delays.uint32()) / (1 << 32)
	return ns*3/4 + int64(float64(ns)*0.25*u/(1.2-u))
}

// stealOrder walks over all Ps in a pseudo-random order: each start position
// and each step that is coprime with their number is as likely.
// go1.26.8 runtime/proc.go:7999 randomOrder
type stealOrder struct {
	count    uint32
	coprimes []uint32
}

// go1.26.8 runtime/proc.go:8011 reset
func (o *stealOrder) reset(count uint32) {
	o.count = count
	o.coprimes = o.coprimes[:0]
	for i := uint32(1); i <= count; i++ {
		if gcd(i, count) == 1 {
			o.coprimes = append(o.coprimes, i)
		}
	}
}

// visit calls f with each position in the order that i draws, until f is
// false.
// go1.26.8 runtime/proc.go:8021 start
func (o *stealOrder) visit(i uint32, f func(pos uint32) bool) {
	pos, inc := i%o.count, o.coprimes[i/o.count%uint32(len(o.coprimes))]
	for range o.count {
		if !f(pos) {
			return
		}
		pos = (pos + inc) % o.count
	}
}

// go1.26.8 runtime/proc.go:8042 gcd
func gcd(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
