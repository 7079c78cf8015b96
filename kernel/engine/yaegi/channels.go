package yaegi

import (
	"reflect"

	"runnext/kernel/core/program"
)

func makeMakeChan(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(intType, intType), list(t), func(in []reflect.Value) []reflect.Value {
		ch, err := c.newChan(t, int(in[1].Int()))
		if err != nil {
			c.raise(int(in[0].Int()), err)
		}
		return values(ch)
	})
}

// newChan is make of a channel, or gives what make panics with.
func (c *cell) newChan(t reflect.Type, n int) (reflect.Value, any) {
	if n < 0 || uintptr(n) > maxAlloc/max(t.Elem().Size(), 1) {
		return reflect.Value{}, caught(func() { _ = make(chan byte, outOfRange) })
	}
	ch := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, t.Elem()), n)
	markMade(ch.UnsafePointer())
	return ch.Convert(t), nil
}

func makeChanLen(c *cell, d program.Helper) reflect.Value {
	return makeFunc(list(c.core(d, 0)), list(intType), func(in []reflect.Value) []reflect.Value {
		return values(reflect.ValueOf(in[0].Len()))
	})
}

func makeChanCap(c *cell, d program.Helper) reflect.Value {
	return makeFunc(list(c.core(d, 0)), list(intType), func(in []reflect.Value) []reflect.Value {
		return values(reflect.ValueOf(in[0].Cap()))
	})
}

func makeClose(c *cell, d program.Helper) reflect.Value {
	return makeFunc(list(intType, c.core(d, 0)), nil, func(in []reflect.Value) []reflect.Value {
		if err := caught(in[1].Close); err != nil {
			c.raise(int(in[0].Int()), err)
		}
		return nil
	})
}

// blocked is reflect.Select of cases that cannot go on at once, and of the end
// of the job that the goroutine belongs to: then it does not return.
func (c *cell) blocked(kind waitKind, site int, cases []reflect.SelectCase) (chosen int, v reflect.Value, ok bool, err any) {
	if _, ok := c.job.alone(); ok {
		return standingSelect(site, cases)
	}
	var on []waitOn
	for _, s := range cases {
		on = append(on, chanOf(s.Chan, s.Dir == reflect.SelectSend))
	}
	n := len(cases)
	for {
		w, until := c.park(kind, site, on...)
		all := append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(until)})
		err = caught(func() { chosen, v, ok = reflect.Select(all) })
		w.over(until)
		if err != nil {
			return chosen, v, ok, err
		}
		if chosen == n {
			c.leaveNow()
		}
		if c.r.rescues.open.Load() == 0 || !c.r.rescues.chose(cases[chosen], v, ok) {
			return chosen, v, ok, nil
		}
	}
}

func makeSend(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	if fn, ok := c.fastChan(t, func(o chanOps) func(*cell) any { return o.send }, list(intType, t, t.Elem()), nil); ok {
		return fn
	}
	return makeFunc(list(intType, t, t.Elem()), nil, func(in []reflect.Value) []reflect.Value {
		c.sendOn(int(in[0].Int()), in[1], in[2])
		return nil
	})
}

func (c *cell) sendOn(site int, ch, v reflect.Value) {
	sent := false
	if !ch.IsNil() {
		if err := caught(func() { sent = ch.TrySend(v) }); err != nil {
			c.raise(site, err)
		}
	}
	if sent {
		return
	}
	if _, ok := c.job.alone(); ok {
		var err any
		standing(site, func() { err = caught(func() { ch.Send(v) }) })
		if err != nil {
			c.raise(site, err)
		}
		return
	}
	if _, _, _, err := c.blocked(waitSend, site, []reflect.SelectCase{{Dir: reflect.SelectSend, Chan: ch, Send: v}}); err != nil {
		c.raise(site, err)
	}
}

func (c *cell) receive(site int, ch reflect.Value) (v reflect.Value, ok bool) {
	if !ch.IsNil() {
		if v, ok := ch.TryRecv(); v.IsValid() {
			return v, ok
		}
	}
	if _, alone := c.job.alone(); alone {
		standing(site, func() { v, ok = ch.Recv() })
		return v, ok
	}
	_, v, ok, _ = c.blocked(waitReceive, site, []reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}})
	return v, ok
}

func makeRecv(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	if fn, ok := c.fastChan(t, func(o chanOps) func(*cell) any { return o.recv }, list(intType, t), list(t.Elem())); ok {
		return fn
	}
	return makeFunc(list(intType, t), list(t.Elem()), func(in []reflect.Value) []reflect.Value {
		v, _ := c.receive(int(in[0].Int()), in[1])
		return values(v)
	})
}

func makeRecv2(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	if fn, ok := c.fastChan(t, func(o chanOps) func(*cell) any { return o.recv2 }, list(intType, t), list(t.Elem(), boolType)); ok {
		return fn
	}
	return makeFunc(list(intType, t), list(t.Elem(), boolType), func(in []reflect.Value) []reflect.Value {
		v, ok := c.receive(int(in[0].Int()), in[1])
		return values(v, reflect.ValueOf(ok))
	})
}

// makeSelect makes the function of one select statement: channels and values
// to send in, the number of the case, whether a receive was of a value, and
// what each receive would give out. The first letter of Name tells whether it
// blocks, the others are the directions.
func makeSelect(c *cell, d program.Helper) reflect.Value {
	in, out := list(intType), list(intType, boolType)
	var zeros []reflect.Value
	for i, dir := range d.Name[1:] {
		t := c.core(d, i)
		in = append(in, t)
		if dir == 's' {
			in = append(in, t.Elem())
		} else {
			out = append(out, t.Elem())
			zeros = append(zeros, reflect.Zero(t.Elem()))
		}
	}
	blocks := d.Name[0] == 'b'
	return makeFunc(in, out, func(args []reflect.Value) []reflect.Value {
		var cases []reflect.SelectCase
		k := 1
		for _, dir := range d.Name[1:] {
			s := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: args[k]}
			k++
			if dir == 's' {
				s.Dir, s.Send = reflect.SelectSend, args[k]
				k++
			}
			cases = append(cases, s)
		}
		n := len(cases)
		site := int(args[0].Int())
		var chosen int
		var v reflect.Value
		var ok bool
		err := caught(func() {
			chosen, v, ok = reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectDefault}))
		})
		if chosen == n && blocks {
			chosen, v, ok, err = c.blocked(waitSelect, site, cases)
		}
		if err != nil {
			c.raise(site, err)
		}
		if chosen == n {
			chosen = -1
		}
		res := append(values(reflect.ValueOf(chosen), reflect.ValueOf(ok)), zeros...)
		at := 2
		for i, dir := range d.Name[1:] {
			if dir == 's' {
				continue
			}
			if i == chosen {
				res[at] = v
			}
			at++
		}
		return res
	})
}
