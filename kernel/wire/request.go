package wire

import (
	"encoding/json"
	"fmt"
)

// The requests a kernel takes on shell and control (jupyter messaging 5.5).
// Each Parse function takes the content of a message. A missing field, or one
// of the wrong type, gets the default the specification names; where there is
// none the error wraps a [FieldError]. Fields that are not known are ignored.

// ExecuteRequest is execute_request (jupyter messaging 5.5, execute).
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    bool              `json:"store_history"`
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     bool              `json:"stop_on_error"`
}

// ParseExecuteRequest wants code; a missing allow_stdin is false, a silent
// request is never stored. A user expression that is not a string is kept as
// its JSON text, so that its key is answered.
func ParseExecuteRequest(content json.RawMessage) (ExecuteRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return ExecuteRequest{}, err
	}
	r := ExecuteRequest{
		Silent:      f.flag("silent", false),
		AllowStdin:  f.flag("allow_stdin", false),
		StopOnError: f.flag("stop_on_error", true),
	}
	r.StoreHistory = !r.Silent && f.flag("store_history", true)
	// What the other fields ask for counts even where code is missing: a
	// silent request that fails must stay silent.
	if r.Code, err = f.need(TypeExecuteRequest, "code"); err != nil {
		return r, err
	}
	r.UserExpressions, err = f.expressions("user_expressions")
	return r, err
}

func (f fields) expressions(name string) (map[string]string, error) {
	all := make(map[string]string)
	if kind(f[name]) != "an object" {
		return all, nil
	}
	values, err := readFields(f[name])
	if err != nil {
		return nil, err
	}
	for key, raw := range values {
		all[key] = values.text(key, string(raw))
	}
	return all, nil
}

// need gives a string that has no default.
func (f fields) need(msgType, name string) (string, error) {
	s, ok := f.textOK(name)
	if !ok {
		return "", fmt.Errorf("%s: %w", msgType, f.wrong(name, "a string"))
	}
	return s, nil
}

// ExecuteMetadata is what a client says about the cell beside its code. All of
// it is optional.
type ExecuteMetadata struct {
	CellID       string   `json:"cellId,omitempty"`
	DeletedCells []string `json:"deletedCells,omitempty"`
	RecordTiming bool     `json:"recordTiming,omitempty"`
	Tags         []string `json:"tags,omitempty"`
}

// ParseExecuteMetadata never fails: what cannot be read is not there.
func ParseExecuteMetadata(metadata json.RawMessage) ExecuteMetadata {
	f, err := readFields(metadata)
	if err != nil {
		return ExecuteMetadata{}
	}
	return ExecuteMetadata{
		CellID:       f.text("cellId", ""),
		DeletedCells: f.texts("deletedCells"),
		RecordTiming: f.flag("recordTiming", false),
		Tags:         f.texts("tags"),
	}
}

// CompleteRequest is complete_request. CursorPos counts code points and is
// -1 where the request has none, which means the end of the code; see
// [CompleteRequest.Offset].
type CompleteRequest struct {
	Code      string `json:"code"`
	CursorPos int    `json:"cursor_pos"`
}

// ParseCompleteRequest wants code.
func ParseCompleteRequest(content json.RawMessage) (CompleteRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return CompleteRequest{}, err
	}
	code, err := f.need(TypeCompleteRequest, "code")
	return CompleteRequest{Code: code, CursorPos: f.cursor()}, err
}

// Offset gives the cursor as a byte offset into Code, clamped.
func (r CompleteRequest) Offset() int { return cursorOffset(r.Code, r.CursorPos) }

// cursor gives cursor_pos, at least 0, or -1 when it is no number.
func (f fields) cursor() int {
	if kind(f["cursor_pos"]) != "a number" {
		return -1
	}
	return max(0, f.integer("cursor_pos", 0))
}

func cursorOffset(code string, cursor int) int {
	if cursor < 0 {
		return len(code)
	}
	return CodePointToByte(code, cursor)
}

// InspectRequest is inspect_request. CursorPos is as in [CompleteRequest].
type InspectRequest struct {
	Code         string   `json:"code"`
	CursorPos    int      `json:"cursor_pos"`
	DetailLevel  int      `json:"detail_level"` // 0 or 1
	OmitSections []string `json:"omit_sections,omitempty"`
}

// ParseInspectRequest wants code; a detail_level above 1 is 1.
func ParseInspectRequest(content json.RawMessage) (InspectRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return InspectRequest{}, err
	}
	r := InspectRequest{
		CursorPos:    f.cursor(),
		DetailLevel:  max(0, min(1, f.integer("detail_level", 0))),
		OmitSections: f.texts("omit_sections"),
	}
	r.Code, err = f.need(TypeInspectRequest, "code")
	return r, err
}

// Offset gives the cursor as a byte offset into Code, clamped.
func (r InspectRequest) Offset() int { return cursorOffset(r.Code, r.CursorPos) }

// IsCompleteRequest is is_complete_request.
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// ParseIsCompleteRequest wants code.
func ParseIsCompleteRequest(content json.RawMessage) (IsCompleteRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return IsCompleteRequest{}, err
	}
	code, err := f.need(TypeIsCompleteRequest, "code")
	return IsCompleteRequest{Code: code}, err
}

// Access types of a [HistoryRequest].
const (
	HistoryRange  = "range"
	HistoryTail   = "tail"
	HistorySearch = "search"
)

// HistoryRequest is history_request.
type HistoryRequest struct {
	Output     bool   `json:"output"`
	Raw        bool   `json:"raw"`
	AccessType string `json:"hist_access_type"`
	Session    int    `json:"session"` // for range: 0 is the current one
	Start      int    `json:"start"`   // for range: first line
	Stop       int    `json:"stop"`    // for range: line after the last, 0 for no end
	N          int    `json:"n"`       // for tail and search: at most so many, 0 for no limit
	Pattern    string `json:"pattern,omitempty"`
	Unique     bool   `json:"unique,omitempty"`
}

// ParseHistoryRequest takes tail for an access type that is missing and
// leaves an unknown one as it stands.
func ParseHistoryRequest(content json.RawMessage) (HistoryRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return HistoryRequest{}, err
	}
	return HistoryRequest{
		Output:     f.flag("output", false),
		Raw:        f.flag("raw", true),
		AccessType: f.text("hist_access_type", HistoryTail),
		Session:    f.integer("session", 0),
		Start:      f.integer("start", 0),
		Stop:       f.integer("stop", 0),
		N:          max(0, f.integer("n", 0)),
		Pattern:    f.text("pattern", "*"),
		Unique:     f.flag("unique", false),
	}, nil
}

// ShutdownRequest is shutdown_request.
type ShutdownRequest struct {
	Restart bool `json:"restart"`
}

// ParseShutdownRequest takes a missing restart for false.
func ParseShutdownRequest(content json.RawMessage) (ShutdownRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return ShutdownRequest{}, err
	}
	return ShutdownRequest{Restart: f.flag("restart", false)}, nil
}

// SubshellRequest is delete_subshell_request (JEP 91). The create and list
// requests have no content.
type SubshellRequest struct {
	SubshellID string `json:"subshell_id"`
}

// ParseSubshellRequest wants subshell_id.
func ParseSubshellRequest(content json.RawMessage) (SubshellRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return SubshellRequest{}, err
	}
	id, err := f.need(TypeDeleteSubshellRequest, "subshell_id")
	return SubshellRequest{SubshellID: id}, err
}

// EndOfFile is the value of an input_reply that stands for end of file.
const EndOfFile = "\x04"

// InputReply is input_reply, which a client sends on stdin.
type InputReply struct {
	Value string `json:"value"`
}

// ParseInputReply takes a value that is not a string for an empty line.
func ParseInputReply(content json.RawMessage) (InputReply, error) {
	f, err := readFields(content)
	if err != nil {
		return InputReply{}, err
	}
	return InputReply{Value: f.text("value", "")}, nil
}

// ParentID gives the msg_id in the parent_header of m, "" when there is none:
// which question an input_reply answers.
func (m *Message) ParentID() string {
	f, err := readFields(m.ParentHeader)
	if err != nil {
		return ""
	}
	return f.text("msg_id", "")
}
