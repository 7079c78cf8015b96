// Package lab is what a learner's cell shows and measures with: tables and
// pictures, a bar of progress, the card of the machine, and the distribution
// of what a program with several goroutines may do. A cell writes lab.Show(x)
// without an import, or with import "runnext/lab".
//
// In a compiled program the functions print the text/plain form to standard
// output. In a cell they belong to that cell: the kernel's worker binds them
// with [Symbols], so what a goroutine shows late still appears below the cell
// that started it. How a table or a picture is drawn is the business of
// runnext/kernel/display.
//
// All functions may be called from any goroutine. One that is given something
// it cannot show panics with a text that begins with its name.
package lab

import "time"

// Show shows values below the cell and gives a handle to change them later.
//
// A value with a method MIMEBundle is shown by it ([Bundler]). A map, a slice
// of structs, a slice of maps and a slice of slices become a table; a string
// is shown as it is; an error and a fmt.Stringer by their method; everything
// else as %+v prints it. Several values are shown one below the other.
func Show(values ...any) *Handle { return plain().Show(values...) }

// HTML shows HTML. Give colours in style attributes, and a text colour with
// each background: style sheets and scripts are dropped from saved notebooks.
func HTML(source string) *Handle { return plain().HTML(source) }

// Markdown shows formatted text.
func Markdown(source string) *Handle { return plain().Markdown(source) }

// SVG shows a picture. alt says in words what is in it. It panics if the
// source is not well-formed XML with <svg> as its root.
func SVG(source, alt string) *Handle { return plain().SVG(source, alt) }

// JSON shows a value as a tree that can be folded. It panics for what
// encoding/json cannot write.
func JSON(value any) *Handle { return plain().JSON(value) }

// Table shows a table. A row may be shorter than the headers.
func Table(headers []string, rows [][]any) *Handle { return plain().Table(headers, rows) }

// Progress shows a bar that a loop moves on. A total of 0 means that nobody
// knows how much there is to do.
func Progress(total int, label string) *Bar { return plain().Progress(total, label) }

// Clear takes away what the cell has shown and printed so far. In a compiled
// program it does nothing.
func Clear() { plain().Clear() }

// Outcomes runs f n times and shows how often each result came. Where
// goroutines race, one run shows one outcome out of many: this is the way to
// see the others. What does not come up may still be possible.
//
// It panics if n is less than 1. An interrupt ends it after the run at hand
// and shows what has been counted. The count is shown as it grows; what it
// returns is for cells that compute with it.
func Outcomes(n int, f func() string) *Tally { return plain().Outcomes(n, f) }

// Threads makes n OS threads, one after the other, and ends them: the time to
// make one, and its virtual and resident memory. It starts none where that
// would come near a limit, and names the limit.
func Threads(n int) Measured { return plain().Threads(n) }

// Goroutines starts as many goroutines as each n says and ends them: the time
// to start one, and its stack and heap. Without n it takes 1000, 10,000 and
// 100,000.
func Goroutines(n ...int) Measured { return plain().Goroutines(n...) }

// Switch compares what it costs to go from one to another: by a system call,
// between goroutines, between threads, between processes.
func Switch() Measured { return plain().Switch() }

// StackTouch reserves what a thread's stack may grow to, and shows how much
// memory there is behind it as it is touched.
func StackTouch() Measured { return plain().StackTouch() }

// Requests handles n requests of so much work and so much waiting, one after
// the other and more and more of them at once.
func Requests(n int, work, wait time.Duration) Measured { return plain().Requests(n, work, wait) }

// TwoPC commits to stores that answer after the given times in two phases, one
// store after the other and all at once. Without times it takes 5, 10 and 20 ms.
func TwoPC(stores ...time.Duration) Measured { return plain().TwoPC(stores...) }

// Server puts the same load of so many clients on three servers: a thread for
// each client, an event loop, a goroutine for each client. It listens on the
// loopback alone.
func Server(clients int) Measured { return plain().Server(clients) }

// Bundler is a value that says itself how it is shown: by MIME type, text as a
// string and JSON as a value that encoding/json writes. A missing text/plain
// is filled in.
type Bundler interface {
	MIMEBundle() map[string]any
}
