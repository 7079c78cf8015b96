package kerneltest

// Echo gives the snippets for a kernel of runnext/kernel/engine/echo. late
// opens the engine's gate "now"; Start is the caller's to set.
func Echo(late func()) Target {
	return Target{
		Hello:      "print hello",
		Warn:       "warn careful",
		Mixed:      "print a\nwarn b\nprint c",
		Value:      "value 42",
		Shown:      "42",
		Nothing:    "set nothing 0",
		Fail:       "print before\nerror panic: boom",
		FailKind:   "panic",
		Block:      "print READY\nwait never",
		Ask:        "input name? ",
		AskSecret:  "password name? ",
		Display:    "display d one\nupdate d two",
		Clear:      "display - one\nclear wait\ndisplay - two",
		Late:       "late now LATE",
		LateGo:     late,
		Define:     "set x 7",
		Evaluate:   "x",
		Evaluated:  "7",
		Undefined:  "nobody",
		Complete:   "disp",
		Completed:  "display",
		Inspect:    "display",
		Whole:      "print x",
		Incomplete: `print \`,
		Invalid:    ") x",
	}
}
