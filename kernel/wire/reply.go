package wire

import "encoding/json"

// Values of the status of a reply.
const (
	StatusOK      = "ok"
	StatusError   = "error"
	StatusAborted = "aborted"
)

// The slices and maps of the structs below are written as [] and {} when they
// are nil: clients iterate over them without a look.

// Texts is a list of strings.
type Texts []string

// MarshalJSON writes [] for nil.
func (t Texts) MarshalJSON() ([]byte, error) {
	if t == nil {
		return []byte("[]"), nil
	}
	b := []byte{'['}
	for i, s := range t {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']'), nil
}

// StatusReply is an answer that says no more than how it went: interrupt_reply,
// delete_subshell_reply, and any reply with status aborted.
type StatusReply struct {
	Status string `json:"status"`
}

// ErrorReply answers any request that failed. It has none of the fields of the
// good answer (jupyter messaging 5.5, request-reply).
type ErrorReply struct {
	Status    string `json:"status"` // error
	Name      string `json:"ename"`
	Value     string `json:"evalue"`
	Traceback Texts  `json:"traceback"`
}

// NewErrorReply fills in the status.
func NewErrorReply(name, value string, traceback []string) ErrorReply {
	return ErrorReply{Status: StatusError, Name: name, Value: value, Traceback: traceback}
}

// ExecuteReply is execute_reply of a cell that ended well.
type ExecuteReply struct {
	Status          string `json:"status"` // ok
	ExecutionCount  int    `json:"execution_count"`
	UserExpressions MIME   `json:"user_expressions"` // key to ExpressionValue or ErrorReply
	Payload         []any  `json:"payload"`
}

// MarshalJSON writes {} and [] for what is nil.
func (r ExecuteReply) MarshalJSON() ([]byte, error) {
	type plain ExecuteReply
	if r.Payload == nil {
		r.Payload = []any{}
	}
	return marshal(plain(r))
}

// ExecuteErrorReply is execute_reply of a cell that failed: it keeps its
// number.
type ExecuteErrorReply struct {
	ErrorReply
	ExecutionCount int `json:"execution_count"`
}

// ExpressionValue is the value of one user expression.
type ExpressionValue struct {
	Status   string `json:"status"` // ok
	Data     MIME   `json:"data"`
	Metadata MIME   `json:"metadata"`
}

// PagePayload shows text in a pager (deprecated in the specification, shown by
// every client). Source is "page".
type PagePayload struct {
	Source string `json:"source"`
	Data   MIME   `json:"data"`
	Start  int    `json:"start"` // line
}

// NewPagePayload makes a payload of a MIME bundle.
func NewPagePayload(data MIME) PagePayload {
	return PagePayload{Source: "page", Data: data}
}

// SetNextInputPayload puts text into a cell. Source is "set_next_input".
type SetNextInputPayload struct {
	Source  string `json:"source"`
	Text    string `json:"text"`
	Replace bool   `json:"replace"`
}

// CompleteReply is complete_reply; the cursors count code points.
type CompleteReply struct {
	Status      string `json:"status"`
	Matches     Texts  `json:"matches"`
	CursorStart int    `json:"cursor_start"`
	CursorEnd   int    `json:"cursor_end"`
	Metadata    MIME   `json:"metadata"`
}

// TypedMatches is the key of [TypedMatch] values in a CompleteReply's metadata.
const TypedMatches = "_jupyter_types_experimental"

// TypedMatch is one proposal with its kind, for clients that draw an icon.
type TypedMatch struct {
	Start     int    `json:"start"` // code points
	End       int    `json:"end"`
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature,omitempty"`
}

// InspectReply is inspect_reply.
type InspectReply struct {
	Status   string `json:"status"`
	Found    bool   `json:"found"`
	Data     MIME   `json:"data"`
	Metadata MIME   `json:"metadata"`
}

// IsCompleteReply is is_complete_reply: Status is complete, incomplete,
// invalid or unknown, and Indent goes with incomplete alone.
type IsCompleteReply struct {
	Status string `json:"status"`
	Indent string `json:"indent,omitempty"`
}

// MarshalJSON writes indent with incomplete, even an empty one, and leaves it
// out otherwise.
func (r IsCompleteReply) MarshalJSON() ([]byte, error) {
	b := appendString([]byte(`{"status":`), r.Status)
	if r.Status == "incomplete" {
		b = appendString(append(b, `,"indent":`...), r.Indent)
	}
	return append(b, '}'), nil
}

// HistoryReply is history_reply.
type HistoryReply struct {
	Status  string         `json:"status"`
	History []HistoryEntry `json:"history"`
}

// MarshalJSON writes [] for a nil history.
func (r HistoryReply) MarshalJSON() ([]byte, error) {
	type plain HistoryReply
	if r.History == nil {
		r.History = []HistoryEntry{}
	}
	return marshal(plain(r))
}

// HistoryEntry is one cell of the past. It is written as [session, line,
// input], or as [session, line, [input, output]] when WithOutput is set.
type HistoryEntry struct {
	Session, Line int
	Input, Output string // an empty output is null
	WithOutput    bool
}

// MarshalJSON writes the entry as an array.
func (e HistoryEntry) MarshalJSON() ([]byte, error) {
	if !e.WithOutput {
		return marshal([]any{e.Session, e.Line, e.Input})
	}
	var output any
	if e.Output != "" {
		output = e.Output
	}
	return marshal([]any{e.Session, e.Line, []any{e.Input, output}})
}

// KernelInfoReply is kernel_info_reply.
type KernelInfoReply struct {
	Status                string       `json:"status"`
	ProtocolVersion       string       `json:"protocol_version"`
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	LanguageInfo          LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	HelpLinks             []HelpLink   `json:"help_links"`
	SupportedFeatures     Texts        `json:"supported_features"`
	Debugger              bool         `json:"debugger"` // deprecated, still looked at
}

// MarshalJSON writes [] for nil links.
func (r KernelInfoReply) MarshalJSON() ([]byte, error) {
	type plain KernelInfoReply
	if r.HelpLinks == nil {
		r.HelpLinks = []HelpLink{}
	}
	return marshal(plain(r))
}

// LanguageInfo describes the language of a kernel.
type LanguageInfo struct {
	Name              string `json:"name"`
	Version           string `json:"version"`
	MIMEType          string `json:"mimetype"`
	FileExtension     string `json:"file_extension"` // with the dot
	PygmentsLexer     string `json:"pygments_lexer,omitempty"`
	CodeMirrorMode    string `json:"codemirror_mode,omitempty"`
	NBConvertExporter string `json:"nbconvert_exporter,omitempty"`
}

// HelpLink is an entry of a client's Help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// ConnectReply is connect_reply (deprecated).
type ConnectReply struct {
	ShellPort   int `json:"shell_port"`
	IOPubPort   int `json:"iopub_port"`
	StdinPort   int `json:"stdin_port"`
	HBPort      int `json:"hb_port"`
	ControlPort int `json:"control_port"`
}

// ShutdownReply is shutdown_reply, sent on control and published.
type ShutdownReply struct {
	Status  string `json:"status"`
	Restart bool   `json:"restart"`
}

// CreateSubshellReply is create_subshell_reply (JEP 91).
type CreateSubshellReply struct {
	Status     string `json:"status"`
	SubshellID string `json:"subshell_id"`
}

// ListSubshellReply is list_subshell_reply (JEP 91); the field's name is
// singular.
type ListSubshellReply struct {
	Status     string `json:"status"`
	SubshellID Texts  `json:"subshell_id"`
}

// UsageReply is usage_reply, as jupyter-resource-usage reads it. Absent host
// figures are left out.
type UsageReply struct {
	Hostname       string          `json:"hostname"`
	PID            int             `json:"pid"`
	KernelCPU      float64         `json:"kernel_cpu"`    // percent
	KernelMemory   int64           `json:"kernel_memory"` // bytes
	CPUCount       int             `json:"cpu_count"`
	HostCPUPercent *float64        `json:"host_cpu_percent,omitempty"`
	HostMemory     json.RawMessage `json:"host_virtual_memory,omitempty"`
}
