package wire

// What a kernel publishes on iopub, and its one question on stdin (jupyter
// messaging 5.5).

// States of a kernel.
const (
	StateStarting = "starting"
	StateBusy     = "busy"
	StateIdle     = "idle"
)

// Status is status.
type Status struct {
	ExecutionState string `json:"execution_state"`
}

func (s Status) appendJSON(dst []byte) []byte {
	dst = append(dst, `{"execution_state":`...)
	dst = appendString(dst, s.ExecutionState)
	return append(dst, '}')
}

// Stream is stream: printed text of whole UTF-8 sequences.
type Stream struct {
	Name string `json:"name"` // stdout or stderr
	Text string `json:"text"`
}

func (s Stream) appendJSON(dst []byte) []byte {
	if dst == nil {
		dst = make([]byte, 0, len(s.Name)+len(s.Text)+len(s.Text)/16+32)
	}
	dst = append(dst, `{"name":`...)
	dst = appendString(dst, s.Name)
	dst = append(dst, `,"text":`...)
	dst = appendString(dst, s.Text)
	return append(dst, '}')
}

// ExecuteInput is execute_input: the code every client sees run.
type ExecuteInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// ExecuteResult is execute_result: the value of a cell.
type ExecuteResult struct {
	ExecutionCount int        `json:"execution_count"`
	Data           MIME       `json:"data"`
	Metadata       MIME       `json:"metadata"`
	Transient      *Transient `json:"transient,omitempty"`
}

// DisplayData is display_data and update_display_data.
type DisplayData struct {
	Data      MIME      `json:"data"`
	Metadata  MIME      `json:"metadata"`
	Transient Transient `json:"transient"`
}

// Transient is what is not kept in a notebook file.
type Transient struct {
	DisplayID string `json:"display_id,omitempty"`
}

// Error is error. The same failure goes out as an [ErrorReply] too.
type Error struct {
	Name      string `json:"ename"`
	Value     string `json:"evalue"`
	Traceback Texts  `json:"traceback"`
}

// ClearOutput is clear_output; with Wait the output goes when the next comes.
type ClearOutput struct {
	Wait bool `json:"wait"`
}

// Welcome is iopub_welcome, the first message a new subscriber of a prefix
// gets (JEP 65).
type Welcome struct {
	Subscription string `json:"subscription"`
}

// InputRequest is input_request.
type InputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}
