package machine

import (
	"strconv"
	"unicode/utf8"

	"runnext/sim/machine/interp"
)

// printer formats simulated values as package fmt formats Go's. Scalars are
// given to the real fmt; what walks through values is its own.
// go1.26.8 fmt/print.go:120 pp struct
type printer struct {
	h     *host
	t     *thread
	buf   []byte
	due   int                  // bytes written since there was last asked for room
	ask   func(*needed) answer // nil when it is no coroutine
	depth int

	wid, prec             int
	widPresent            bool
	precPresent           bool
	minus, plus, sharp    bool
	space, zero           bool
	plusV, sharpV         bool
	reordered, goodArgNum bool
	wrapErrs, erroring    bool
	panicking             bool   // the value of a method's panic is printed
	raised                *value // what printing itself panics with
	wrapped               []int
}

func (p *printer) clearFlags() {
	p.wid, p.prec = 0, 0
	p.widPresent, p.precPresent = false, false
	p.minus, p.plus, p.sharp, p.space, p.zero = false, false, false, false, false
	p.plusV, p.sharpV = false, false
}

func (p *printer) str(s string) {
	p.room(len(s))
	p.buf = append(p.buf, s...)
}

// roomEvery is how many bytes a printer writes before it asks for room: values
// that hold each other print at more length than any program has memory.
const roomEvery = 64 << 10

// room sees that n bytes more may be written.
func (p *printer) room(n int) {
	p.t.M.ToilOver(n)
	if p.due += n; p.due < roomEvery {
		return
	}
	p.h.room(int64(p.due) / 16)
	p.due = 0
}

// go1.26.8 fmt/print.go:1198 doPrint
func (p *printer) doPrint(a []value) {
	prev := false
	for i, arg := range a {
		t := p.t.M.Dynamic(arg)
		isString := t != nil && t.Kind == interp.KString
		if i > 0 && !isString && !prev {
			p.str(" ")
		}
		p.arg(arg, 'v')
		prev = isString
	}
}

// go1.26.8 fmt/print.go:1213 doPrintln
func (p *printer) doPrintln(a []value) {
	for i, arg := range a {
		if i > 0 {
			p.str(" ")
		}
		p.arg(arg, 'v')
	}
	p.str("\n")
}

// intArg reads an int operand for * in a format.
func (p *printer) intArg(a []value, n int) (num int, ok bool, next int) {
	if n >= len(a) {
		return 0, false, n
	}
	t, v := p.t.M.Dynamic(a[n]), a[n]
	if t == nil {
		return 0, false, n + 1
	}
	_, in := p.t.M.Unbox(v)
	const most = 1_000_000
	if i := in.Int(); t.Kind >= interp.KInt8 && t.Kind <= interp.KUint && i <= most && i >= -most {
		return int(i), true, n + 1
	}
	return 0, false, n + 1
}

// argNumber reads [n] in a format.
// go1.26.8 fmt/print.go:995 argNumber
func (p *printer) argNumber(argNum int, format string, i, numArgs int) (newArg, newi int, found bool) {
	if len(format) <= i || format[i] != '[' {
		return argNum, i, false
	}
	p.reordered = true
	for j := i + 1; j < len(format); j++ {
		if format[j] == ']' {
			n, err := strconv.Atoi(format[i+1 : j])
			if err == nil && n >= 1 && n <= numArgs {
				return n - 1, j + 1, true
			}
			p.goodArgNum = false
			return argNum, j + 1, err == nil
		}
	}
	p.goodArgNum = false
	return argNum, i + 1, false
}

// doPrintf is Printf.
// go1.26.8 fmt/print.go:1020 doPrintf
func (p *printer) doPrintf(format string, a []value) {
	end := len(format)
	argNum := 0
	afterIndex := false
	p.reordered = false
	for i := 0; i < end; {
		p.goodArgNum = true
		lasti := i
		for i < end && format[i] != '%' {
			i++
		}
		p.str(format[lasti:i])
		if i >= end {
			break
		}
		i++
		p.clearFlags()
		i = p.flags(format, i)
		argNum, i, afterIndex = p.argNumber(argNum, format, i, len(a))
		if i < end && format[i] == '*' {
			i++
			p.wid, p.widPresent, argNum = p.intArg(a, argNum)
			if !p.widPresent {
				p.str("%!(BADWIDTH)")
			}
			if p.wid < 0 {
				p.wid = -p.wid
				p.minus = true
				p.zero = false
			}
			afterIndex = false
		} else {
			p.wid, p.widPresent, i = number(format, i)
			if afterIndex && p.widPresent {
				p.goodArgNum = false
			}
		}
		if i+1 <= end && format[i] == '.' {
			i++
			if afterIndex {
				p.goodArgNum = false
			}
			argNum, i, afterIndex = p.argNumber(argNum, format, i, len(a))
			if i < end && format[i] == '*' {
				i++
				p.prec, p.precPresent, argNum = p.intArg(a, argNum)
				if p.prec < 0 {
					p.prec, p.precPresent = 0, false
				}
				if !p.precPresent {
					p.str("%!(BADPREC)")
				}
				afterIndex = false
			} else {
				if p.prec, p.precPresent, i = number(format, i); !p.precPresent {
					p.prec, p.precPresent = 0, true
				}
			}
		}
		if !afterIndex {
			argNum, i, _ = p.argNumber(argNum, format, i, len(a))
		}
		if i >= end {
			p.str("%!(NOVERB)")
			break
		}
		verb, size := utf8.DecodeRuneInString(format[i:])
		i += size
		argNum = p.verb(verb, a, argNum)
	}
	p.extra(a, argNum)
}

// flags reads the flags of a verb.
func (p *printer) flags(format string, i int) int {
	for ; i < len(format); i++ {
		switch format[i] {
		case '#':
			p.sharp = true
		case '0':
			p.zero = true
		case '+':
			p.plus = true
		case '-':
			p.minus = true
		case ' ':
			p.space = true
		default:
			return i
		}
	}
	return i
}

func number(s string, i int) (n int, ok bool, next int) {
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n, ok = n*10+int(s[i]-'0'), true
		if n > 1_000_000 {
			return 0, false, len(s)
		}
	}
	return n, ok, i
}

func (p *printer) verb(verb rune, a []value, argNum int) int {
	switch {
	case verb == '%':
		p.str("%")
		return argNum
	case !p.goodArgNum:
		p.str("%!" + string(verb) + "(BADINDEX)")
		return argNum
	case argNum >= len(a):
		p.str("%!" + string(verb) + "(MISSING)")
		return argNum
	case verb == 'w':
		p.wrapped = append(p.wrapped, argNum)
		fallthrough
	case verb == 'v':
		p.sharpV, p.sharp = p.sharp, false
		p.plusV, p.plus = p.plus, false
	}
	p.arg(a[argNum], verb)
	return argNum + 1
}

func (p *printer) extra(a []value, argNum int) {
	if p.reordered || argNum >= len(a) {
		return
	}
	p.clearFlags()
	p.str("%!(EXTRA ")
	for i, arg := range a[argNum:] {
		if i > 0 {
			p.str(", ")
		}
		if t := p.t.M.Dynamic(arg); t == nil {
			p.str("<nil>")
		} else {
			p.str(p.t.M.TypeString(t))
			p.str("=")
			p.arg(arg, 'v')
		}
	}
	p.str(")")
}
