package machine

import (
	"go/types"
	"maps"
	"os"
	"slices"
	"syscall"

	"runnext/sim/machine/interp"
)

// processNatives are what package os says of the process: it is alone, its
// environment is empty at first, and it can send itself signals.
func processNatives(h *host) map[string]native {
	env := func(f func(t *thread, a []value) status) native {
		return func(t *thread, a []value) status {
			if h.env == nil {
				h.env = map[string]string{}
			}
			return f(t, a)
		}
	}
	fail := func(t *thread, text string, more ...value) status {
		msg := interp.String(text)
		return t.Return(append(more, t.M.Box(h.textError(), interp.Pointer(&msg)))...)
	}
	return map[string]native{
		"os.Getenv": func(t *thread, a []value) status { return t.Return(interp.String(h.env[a[0].Str()])) },
		"os.LookupEnv": func(t *thread, a []value) status {
			v, ok := h.env[a[0].Str()]
			return t.Return(interp.String(v), interp.Bool(ok))
		},
		"os.Setenv": env(func(t *thread, a []value) status {
			if a[0].N == 0 {
				return fail(t, "setenv: invalid argument")
			}
			if !t.M.RoomForText(int64(a[0].N + a[1].N)) {
				return t.Throw(interp.OutOfMemory)
			}
			h.env[a[0].Str()] = a[1].Str()
			return t.Return(value{})
		}),
		"os.Unsetenv": env(func(t *thread, a []value) status {
			delete(h.env, a[0].Str())
			return t.Return(value{})
		}),
		"os.Clearenv": env(func(t *thread, _ []value) status {
			clear(h.env)
			return t.Return()
		}),
		"os.Environ": func(t *thread, _ []value) status {
			var out []value
			for _, k := range slices.Sorted(maps.Keys(h.env)) {
				out = append(out, interp.String(k+"="+h.env[k]))
			}
			return t.Return(interp.SliceOf(out, 1))
		},
		"os.ExpandEnv": func(t *thread, a []value) status {
			return t.Return(interp.String(os.Expand(a[0].Str(), func(k string) string { return h.env[k] })))
		},
		"os.Getpid":   ret(interp.Int(pid)),
		"os.Getppid":  ret(interp.Int(0)),
		"os.Getwd":    ret(interp.String("/"), value{}),
		"os.Hostname": ret(interp.String("localhost"), value{}),
		// There is one at each number, until it is sent something.
		"os.FindProcess": func(t *thread, a []value) status {
			typ := t.M.TypeOf(t.M.Prog.ImportedPackage("os").Pkg.Scope().Lookup("Process").(*types.TypeName).Type())
			p := h.fresh(typ)
			f, off, _ := typ.Field(0)
			f.Store(interp.Offset(p, off), a[0])
			return t.Return(value{P: p}, value{})
		},
		"(*os.Process).Signal": func(t *thread, a []value) status {
			if a[1].N == 0 {
				return fail(t, "os: unsupported signal type")
			}
			_, sig := t.M.Unbox(a[1])
			return h.signalProcess(t, a[0], sig.Int(), fail)
		},
		"(*os.Process).Kill": func(t *thread, a []value) status {
			return h.signalProcess(t, a[0], int64(syscall.SIGKILL), fail)
		},
		"(*os.Process).Release": ret(value{}),
	}
}

// signalProcess sends a signal to the process of a *os.Process.
func (h *host) signalProcess(t *thread, p value, sig int64, fail func(*thread, string, ...value) status) status {
	if p.P == nil {
		return t.RaiseError("invalid memory address or nil pointer dereference")
	}
	if p.Addr().Int() != pid {
		return fail(t, "os: process already finished")
	}
	return h.kill(t, h.signals, pid, sig)
}
