package explore

// clock is a vector clock: for each process how many of its events are known.
type clock []int32

// at is the entry of a process; one that has none is 0.
func (c clock) at(p int) int32 {
	if p < len(c) {
		return c[p]
	}
	return 0
}

// join takes over what d knows.
func (c *clock) join(d clock) {
	for len(*c) < len(d) {
		*c = append(*c, 0)
	}
	for i, n := range d {
		if n > (*c)[i] {
			(*c)[i] = n
		}
	}
}

// set gives a process's entry.
func (c *clock) set(p int, n int32) {
	for len(*c) <= p {
		*c = append(*c, 0)
	}
	(*c)[p] = n
}

func (c clock) clone() clock { return append(clock(nil), c...) }

// set is a set of processes.
type set []bool

func (s set) has(p int) bool { return p < len(s) && s[p] }

func (s *set) add(p int) {
	for len(*s) <= p {
		*s = append(*s, false)
	}
	(*s)[p] = true
}

func (s set) count() (n int) {
	for _, in := range s {
		if in {
			n++
		}
	}
	return n
}
