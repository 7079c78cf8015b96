// Package engine says what a session asks of a language, and nothing else: it
// holds the [Engine] interface and the plain values that cross it. It runs no
// code and knows no sockets: the engines stand in the folders below it, the
// protocol's side is runnext/kernel/session, the child process that user code
// runs in is runnext/kernel/worker.
package engine

import (
	"context"
	"html"
)

// Engine runs the cells of one language. All methods may be called from any
// goroutine; Complete, Inspect and IsComplete must answer while a cell runs.
type Engine interface {
	// Info describes the language, for kernel_info_reply.
	Info() Info

	// Execute runs one cell and returns when it has ended, everything it
	// printed has been given to out, and its value too. Cancelling ctx is an
	// interrupt: Execute then returns an [Outcome] whose failure is
	// [KindInterrupted], within 100 ms. out stays valid after Execute has
	// returned, for goroutines that outlive their cell.
	Execute(ctx context.Context, c Cell, out Output) Outcome

	// Evaluate gives the value of one expression, for user_expressions.
	Evaluate(ctx context.Context, expr string) (Bundle, *Failure)

	// Complete offers what may stand at the byte offset.
	Complete(ctx context.Context, code string, offset int) Completion

	// Inspect describes what stands at the byte offset; detail is 0 or 1
	// (jupyter messaging 5.5, introspection).
	Inspect(ctx context.Context, code string, offset, detail int) (Bundle, bool)

	// IsComplete tells whether a console should run the code or ask for more.
	IsComplete(code string) Completeness

	// Close ends everything the engine started and waits for it.
	Close(ctx context.Context) error
}

// Sharer is implemented by an Engine that wants to know when a second console
// is opened on its notebook: from then on a cell that waits may be helped from
// there. Share may be called from any goroutine, more than once.
type Sharer interface {
	Share()
}

// Info is the language's part of kernel_info_reply.
type Info struct {
	Implementation        string // runnext
	ImplementationVersion string
	Language              string // go
	LanguageVersion       string // 1.26.8
	MIMEType              string
	FileExtension         string // with the dot
	PygmentsLexer         string
	CodeMirrorMode        string
	NBConvertExporter     string
	Banner                string
	HelpLinks             []Link
}

// Link is an entry of a notebook's Help menu.
type Link struct {
	Text, URL string
}

// Cell is one execute_request as an engine sees it.
type Cell struct {
	Number     int    // execution count, what a learner sees in [ ]; 0 when the cell is not counted
	Code       string // UTF-8
	Silent     bool   // no value is wanted
	AllowInput bool   // the client answers input_request
	Subshell   string // JEP 91 id, "" for the main shell
}

// Output takes what a cell produces. It is safe for concurrent use, keeps the
// order of calls that do not overlap, and blocks when the reader is slow.
type Output interface {
	// Stream takes printed bytes; name is [Stdout] or [Stderr]. The slice may
	// be reused as soon as Stream has returned.
	Stream(name string, text []byte)
	// Display publishes display_data, or update_display_data when d.Update.
	Display(d Display)
	// Clear publishes clear_output.
	Clear(wait bool)
	// Input asks the person for a line, returned without its newline. It fails
	// with [ErrNoInput] when the client does not take questions, with
	// [io.EOF] at end of file, and with ctx's error when interrupted.
	Input(ctx context.Context, prompt string, password bool) (string, error)
	// Late reports a failure of a goroutine whose cell is over.
	Late(f *Failure)
}

// Names of the streams.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)

// Bundle is a MIME bundle: text as string, JSON types as values that
// encoding/json accepts. text/plain is always there.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any
}

// Display is one display_data or update_display_data.
type Display struct {
	Bundle
	ID     string // transient display_id; "" for none
	Update bool   // changes the displays that carry ID
}

// Outcome is how a cell ended: with a failure, with a value, or with neither.
type Outcome struct {
	Value   *Bundle
	Failure *Failure
	Page    *Bundle // what the pager shows, nil for nothing
}

// Completion is what may stand between two byte offsets of the code.
type Completion struct {
	Start, End int // byte offsets of what is replaced
	Items      []Item
}

// Item is one proposal.
type Item struct {
	Text      string // what is inserted
	Kind      string // function, method, module, type, instance, field, keyword, constant
	Signature string // Go's text of its type
}

// Completeness answers is_complete_request.
type Completeness struct {
	Status string // complete, incomplete, invalid or unknown
	Indent string // what a console puts on the next line; for incomplete only
}

// Quiet gives the display of a remark: a line of the kernel's own, which is
// neither the cell's output nor an error.
func Quiet(text string) Display {
	return Display{Bundle: Bundle{
		Data: map[string]any{
			"text/plain": text,
			"text/html":  `<span style="color: #57606a; background-color: #f6f8fa">` + html.EscapeString(text) + `</span>`,
		},
		Metadata: map[string]any{QuietMark: true},
	}}
}

// QuietMark is in the metadata of what [Quiet] gives.
const QuietMark = "runnext_quiet"
