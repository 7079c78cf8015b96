package machine

import (
	"math"
	"reflect"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// run executes f from pc on, whose parameters lie in its first registers, those
// from base and pbase on, and leaves its results there.
func (m *Machine) run(t *Thread, f *function, pc, base, pbase int) {
	wb, pb := unsafe.Pointer(&t.w[base]), unsafe.Pointer(&t.p[pbase])
	code := unsafe.Pointer(unsafe.SliceData(f.code))
	stop := m.stop
	bottom := len(t.frames)
	for {
		in := (*op.Instr)(unsafe.Add(code, pc*int(unsafe.Sizeof(op.Instr{}))))
		pc++
		switch in.Op {
		case op.Const:
			*w(wb, in.A) = uint64(in.Imm)
		case op.Mov:
			*w(wb, in.A) = *w(wb, in.B)
		case op.MovP:
			*p(pb, in.A) = *p(pb, in.B)
		case op.NilP:
			*p(pb, in.A) = nil
		case op.Global:
			*p(pb, in.A) = m.globals[in.Imm]

		case op.Add:
			*w(wb, in.A) = *w(wb, in.B) + *w(wb, in.C)
		case op.Sub:
			*w(wb, in.A) = *w(wb, in.B) - *w(wb, in.C)
		case op.Mul:
			*w(wb, in.A) = *w(wb, in.B) * *w(wb, in.C)
		case op.And:
			*w(wb, in.A) = *w(wb, in.B) & *w(wb, in.C)
		case op.Or:
			*w(wb, in.A) = *w(wb, in.B) | *w(wb, in.C)
		case op.Xor:
			*w(wb, in.A) = *w(wb, in.B) ^ *w(wb, in.C)
		case op.AndNot:
			*w(wb, in.A) = *w(wb, in.B) &^ *w(wb, in.C)
		case op.Shl:
			*w(wb, in.A) = *w(wb, in.B) << *w(wb, in.C)
		case op.ShrS:
			*w(wb, in.A) = uint64(int64(*w(wb, in.B)) >> *w(wb, in.C))
		case op.ShrU:
			*w(wb, in.A) = *w(wb, in.B) >> *w(wb, in.C)
		case op.DivS, op.DivU, op.RemS, op.RemU:
			y := *w(wb, in.C)
			if y == 0 {
				m.fail(t, f, DivideByZero, in.Imm, 0, 0)
				return
			}
			*w(wb, in.A) = divide(in.Op, *w(wb, in.B), y)
		case op.AddI:
			*w(wb, in.A) = *w(wb, in.B) + uint64(in.Imm)
		case op.MulI:
			*w(wb, in.A) = *w(wb, in.B) * uint64(in.Imm)
		case op.AndI:
			*w(wb, in.A) = *w(wb, in.B) & uint64(in.Imm)
		case op.ShlI:
			*w(wb, in.A) = *w(wb, in.B) << uint64(in.Imm)
		case op.ShrSI:
			*w(wb, in.A) = uint64(int64(*w(wb, in.B)) >> uint64(in.Imm))
		case op.ShrUI:
			*w(wb, in.A) = *w(wb, in.B) >> uint64(in.Imm)
		case op.Neg:
			*w(wb, in.A) = -*w(wb, in.B)
		case op.Not:
			*w(wb, in.A) = ^*w(wb, in.B)
		case op.Ext:
			*w(wb, in.A) = extend(*w(wb, in.B), in.C)
		case op.ShiftChk:
			if int64(*w(wb, in.B)) < 0 {
				m.fail(t, f, NegativeShift, in.Imm, 0, 0)
				return
			}

		case op.FAdd:
			*w(wb, in.A) = math.Float64bits(f64(*w(wb, in.B)) + f64(*w(wb, in.C)))
		case op.FSub:
			*w(wb, in.A) = math.Float64bits(f64(*w(wb, in.B)) - f64(*w(wb, in.C)))
		case op.FMul:
			*w(wb, in.A) = math.Float64bits(f64(*w(wb, in.B)) * f64(*w(wb, in.C)))
		case op.FDiv:
			*w(wb, in.A) = math.Float64bits(f64(*w(wb, in.B)) / f64(*w(wb, in.C)))
		case op.FNeg, op.GAdd, op.GSub, op.GMul, op.GDiv, op.GNeg:
			*w(wb, in.A) = float(in.Op, *w(wb, in.B), *w(wb, in.C))

		case op.Eq:
			*w(wb, in.A) = word(*w(wb, in.B) == *w(wb, in.C))
		case op.Ne:
			*w(wb, in.A) = word(*w(wb, in.B) != *w(wb, in.C))
		case op.LtS:
			*w(wb, in.A) = word(int64(*w(wb, in.B)) < int64(*w(wb, in.C)))
		case op.LeS:
			*w(wb, in.A) = word(int64(*w(wb, in.B)) <= int64(*w(wb, in.C)))
		case op.LtU:
			*w(wb, in.A) = word(*w(wb, in.B) < *w(wb, in.C))
		case op.LeU:
			*w(wb, in.A) = word(*w(wb, in.B) <= *w(wb, in.C))
		case op.FEq, op.FNe, op.FLt, op.FLe, op.GEq, op.GNe, op.GLt, op.GLe:
			*w(wb, in.A) = word(compare(in.Op, *w(wb, in.B), *w(wb, in.C)))
		case op.EqP:
			*w(wb, in.A) = word(*p(pb, in.B) == *p(pb, in.C))
		case op.NeP:
			*w(wb, in.A) = word(*p(pb, in.B) != *p(pb, in.C))

		case op.Jmp:
			goto jump
		case op.BrT:
			if *w(wb, in.A) != 0 {
				goto jump
			}
		case op.BrF:
			if *w(wb, in.A) == 0 {
				goto jump
			}
		case op.BrEq:
			if *w(wb, in.A) == *w(wb, in.B) {
				goto jump
			}
		case op.BrNe:
			if *w(wb, in.A) != *w(wb, in.B) {
				goto jump
			}
		case op.BrLtS:
			if int64(*w(wb, in.A)) < int64(*w(wb, in.B)) {
				goto jump
			}
		case op.BrLeS:
			if int64(*w(wb, in.A)) <= int64(*w(wb, in.B)) {
				goto jump
			}
		case op.BrLtU:
			if *w(wb, in.A) < *w(wb, in.B) {
				goto jump
			}
		case op.BrLeU:
			if *w(wb, in.A) <= *w(wb, in.B) {
				goto jump
			}
		case op.BrEqI:
			if *w(wb, in.A) == uint64(in.Imm) {
				goto jump
			}
		case op.BrNeI:
			if *w(wb, in.A) != uint64(in.Imm) {
				goto jump
			}
		case op.BrLtSI:
			if int64(*w(wb, in.A)) < in.Imm {
				goto jump
			}
		case op.BrLeSI:
			if int64(*w(wb, in.A)) <= in.Imm {
				goto jump
			}
		case op.BrGtSI:
			if int64(*w(wb, in.A)) > in.Imm {
				goto jump
			}
		case op.BrGeSI:
			if int64(*w(wb, in.A)) >= in.Imm {
				goto jump
			}

		case op.IncLtS:
			x := *w(wb, in.A) + uint64(in.Imm)
			if *w(wb, in.A) = x; int64(x) < int64(*w(wb, in.B)) {
				goto jump
			}
		case op.IncLeS:
			x := *w(wb, in.A) + uint64(in.Imm)
			if *w(wb, in.A) = x; int64(x) <= int64(*w(wb, in.B)) {
				goto jump
			}
		case op.IncLtSI:
			x := int64(*w(wb, in.A)) + int64(int16(in.B))
			if *w(wb, in.A) = uint64(x); x < in.Imm {
				goto jump
			}
		case op.IncLeSI:
			x := int64(*w(wb, in.A)) + int64(int16(in.B))
			if *w(wb, in.A) = uint64(x); x <= in.Imm {
				goto jump
			}
		case op.IncGtSI:
			x := int64(*w(wb, in.A)) + int64(int16(in.B))
			if *w(wb, in.A) = uint64(x); x > in.Imm {
				goto jump
			}
		case op.IncGeSI:
			x := int64(*w(wb, in.A)) + int64(int16(in.B))
			if *w(wb, in.A) = uint64(x); x >= in.Imm {
				goto jump
			}

		case op.Ld64:
			*w(wb, in.A) = *(*uint64)(unsafe.Add(*p(pb, in.B), in.Imm))
		case op.St64:
			*(*uint64)(unsafe.Add(*p(pb, in.B), in.Imm)) = *w(wb, in.A)
		case op.AddM:
			*(*uint64)(unsafe.Add(*p(pb, in.B), in.Imm)) += *w(wb, in.A)
		case op.SubM:
			*(*uint64)(unsafe.Add(*p(pb, in.B), in.Imm)) -= *w(wb, in.A)
		case op.Ld:
			*w(wb, in.A) = load(unsafe.Add(*p(pb, in.B), in.Imm), in.C)
		case op.St:
			store(unsafe.Add(*p(pb, in.B), in.Imm), in.C, *w(wb, in.A))
		case op.LdP:
			*p(pb, in.A) = *(*unsafe.Pointer)(unsafe.Add(*p(pb, in.B), in.Imm))
		case op.StP:
			*(*unsafe.Pointer)(unsafe.Add(*p(pb, in.B), in.Imm)) = *p(pb, in.A)
		case op.New:
			*p(pb, in.A) = newOf(m.types[in.Imm].mem)
		case op.AddP:
			*p(pb, in.A) = unsafe.Add(*p(pb, in.B), in.Imm)
		case op.NilChk:
			if *p(pb, in.B) == nil {
				m.fail(t, f, NilPointer, in.Imm, 0, 0)
				return
			}
		case op.IdxChk:
			if *w(wb, in.B) >= *w(wb, in.C) {
				m.fail(t, f, OutOfRange, in.Imm, *w(wb, in.B), *w(wb, in.C))
				return
			}
		case op.IdxChkI:
			if *w(wb, in.B) >= uint64(in.C) {
				m.fail(t, f, OutOfRange, in.Imm, *w(wb, in.B), uint64(in.C))
				return
			}
		case op.Idx:
			*p(pb, in.A) = unsafe.Add(*p(pb, in.B), int64(*w(wb, in.C))*in.Imm)
		case op.LdX64:
			i, n := *w(wb, in.C), *w(wb, uint16(in.Imm))
			if i >= n {
				m.fail(t, f, OutOfRange, in.Imm>>24, i, n)
				return
			}
			*w(wb, in.A) = *(*uint64)(unsafe.Add(*p(pb, in.B), i*8))
		case op.StX64:
			i, n := *w(wb, in.C), *w(wb, uint16(in.Imm))
			if i >= n {
				m.fail(t, f, OutOfRange, in.Imm>>24, i, n)
				return
			}
			*(*uint64)(unsafe.Add(*p(pb, in.B), i*8)) = *w(wb, in.A)
		case op.LdX:
			i, n := *w(wb, in.C), *w(wb, uint16(in.Imm))
			if i >= n {
				m.fail(t, f, OutOfRange, in.Imm>>24, i, n)
				return
			}
			kind := uint16(in.Imm >> 16 & 0xff)
			*w(wb, in.A) = load(unsafe.Add(*p(pb, in.B), i*size(kind)), kind)
		case op.StX:
			i, n := *w(wb, in.C), *w(wb, uint16(in.Imm))
			if i >= n {
				m.fail(t, f, OutOfRange, in.Imm>>24, i, n)
				return
			}
			kind := uint16(in.Imm >> 16 & 0xff)
			store(unsafe.Add(*p(pb, in.B), i*size(kind)), kind, *w(wb, in.A))

		case op.MakeS, op.SliceS:
			m.sliced(t, f, in, wb, pb)
			pc++
		case op.Append:
			appended(in, wb, pb)

		case op.Send:
			if v := m.host.Send(int(in.Imm), reflect.Kind(in.C), *p(pb, in.B), *w(wb, in.A)); v != nil {
				m.raised(t, f, in.Imm, v)
				return
			}
		case op.Recv:
			v, ok := m.host.Recv(int(uint32(in.Imm)), reflect.Kind(in.C), *p(pb, in.B))
			*w(wb, in.A), *w(wb, uint16(in.Imm>>32)) = extend(v, in.C), word(ok)

		case op.Select:
			m.selected(t, f, in, wb, pb)
			pc += int(in.C)
		case op.MakeCh:
			ch, err := m.host.MakeChan(int(uint32(in.Imm)), int(*w(wb, in.A)))
			if err != nil {
				m.raised(t, f, in.Imm>>32, err)
				return
			}
			*p(pb, in.B) = ch
		case op.ChanLen:
			*w(wb, in.A) = chanLen(*p(pb, in.B), in.C == 1)
		case op.Atomic:
			kind, with := uint16(in.Imm>>8&0xff), uint16(in.Imm>>16)
			*w(wb, in.A) = extend(atomically(*p(pb, in.B), in.Imm&0xff, kind, *w(wb, in.C), *w(wb, with)), kind)

		case op.MkFn:
			x := &m.funcs[in.Imm]
			v := x.value
			if v == nil {
				v = m.capture(t, x, base+f.Words, pbase+f.Ptrs)
			}
			*p(pb, in.A) = v

		case op.Call, op.CallF, op.Invoke:
			if *stop != 0 {
				m.host.Check(0)
			}
			var to *function
			var c *closure
			if in.Op == op.Call {
				to = &m.funcs[uint32(in.Imm)]
			} else if in.Op == op.Invoke {
				if to = m.invoked(t, f, in, pb, base+f.Words, pbase+f.Ptrs); to == nil {
					continue // compiled code has been called
				}
			} else {
				fn := *p(pb, in.B)
				if fn == nil {
					m.fail(t, f, NilPointer, in.Imm>>32, 0, 0)
					return
				}
				if c = m.known.closureOf(fn); c == nil || c.m != m {
					m.leaveFor(t, f, in, fn, base+f.Words, pbase+f.Ptrs)
					if *stop != 0 {
						m.host.Check(0)
					}
					continue
				}
				to = c.f
			}
			t.frames = append(t.frames, frame{f, pc, base, pbase})
			base, pbase = base+f.Words, pbase+f.Ptrs
			f = to
			if n, q := base+f.roomW, pbase+f.roomP; n > len(t.w) || q > t.high {
				if n > maxStack || q > maxStack || len(t.frames) > maxFrames {
					m.fail(t, f, StackOverflow, 0, uint64(len(t.frames)), 0)
					return
				}
				t.room(n, q)
			}
			wb, pb = unsafe.Pointer(&t.w[base]), unsafe.Pointer(&t.p[pbase])
			if c != nil {
				c.captured(wb, pb)
			}
			if f.Frame != 0 {
				m.framed(t, f, base, pbase)
				goto ret
			}
			code = unsafe.Pointer(unsafe.SliceData(f.code))
			pc = 0

		case op.HostFn:
			*p(pb, in.A) = m.helpers[in.Imm]
		case op.Go:
			m.host.Go(int(in.Imm>>32), m.later(t, in, *p(pb, in.B), base+f.Words, pbase+f.Ptrs))
		case op.Defer:
			m.host.Defer(*p(pb, in.A), m.later(t, in, *p(pb, in.B), base+f.Words, pbase+f.Ptrs))
		case op.RunDefers:
			m.runDefers(t, f, in, *p(pb, in.A))

		case op.RetW, op.Ret:
			if in.Op == op.RetW {
				*w(wb, 0) = *w(wb, in.A)
			}
			goto ret
		default:
			pc += m.wide(t, f, in, wb, pb)
		}
		continue
	ret:
		{
			n := len(t.frames) - 1
			if n < bottom {
				return
			}
			up := &t.frames[n]
			f, pc, base, pbase = up.f, up.pc, up.w, up.p
			t.frames = t.frames[:n]
			wb, pb = unsafe.Pointer(&t.w[base]), unsafe.Pointer(&t.p[pbase])
			code = unsafe.Pointer(unsafe.SliceData(f.code))
		}
		continue
	jump:
		if int(in.C) < pc && *stop != 0 {
			m.host.Check(0)
		}
		pc = int(in.C)
	}
}
