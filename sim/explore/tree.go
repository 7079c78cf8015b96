package explore

import "runnext/sim/machine"

// proc is what is known of a process in this execution.
type proc struct {
	order clock // which events are before its next one
	seq   int32 // its events so far
	op    *machine.Op
	foot  footprint
	last  int // its last action, -1 for none
	spin  spin
}

// footprint is what an operation touches.
type footprint struct {
	on   []touch
	text string
	ends bool
	need uint8 // as in machine.Op
}

type touch struct {
	obj   int
	write bool
}

// action is an operation that was done.
type action struct {
	proc   int
	seq    int32
	clock  clock
	foot   footprint
	before uint8 // the state of its object, if it has one
	state  bool
	// changed is false for an action after which all is as before.
	changed bool
}

// object is a thing that operations touch.
type object struct {
	events []int32
	write  clock // of the last write
	reads  clock // of all reads since
}

// node is a state in which somebody must go on.
type node struct {
	enabled   set
	stands    set         // whoever has a next operation
	feet      []footprint // of the operations of all processes, for those that are enabled
	sleep     set
	backtrack set
	done      set
	proc      int
	choice    int
	choices   int
	last      int  // who acted before
	free      bool // to go on with somebody else is no preemption
	preempts  int  // before this choice
	scene     scene
}
