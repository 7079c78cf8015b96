// Package sim is the scheduler of Go 1.26.8 in virtual time: G, M, P, the
// global queue, timers, the netpoller, sysmon, channels, semaphores. It
// follows the runtime's own code rule by rule; each function names the line it
// follows. It is seeded where the runtime draws lots, and it has no goroutine
// of its own: one caller drives it.
//
// It executes nothing. Something else, the host, knows what a goroutine does:
// it asks [Sched.Next] which M goes on, runs a stretch of that M's G, and says
// what the G does to the scheduler: [Sched.Go], [Sched.Park], [Sched.Ready],
// [Sched.Gosched], [Sched.Send], [Sched.Exit] and so on. Such a call acts for
// an M whose G is running. A call that may block reports whether it parked the
// G; the G then runs again when Next returns its M with that G.
//
// runnext/sim/machine is a host that runs Go programs, runnext/sim/scene one
// that is written by hand. What happened is told in runnext/sim/event.
package sim
