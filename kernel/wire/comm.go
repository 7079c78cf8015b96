package wire

import "encoding/json"

// CommInfoRequest is comm_info_request. An empty TargetName asks for all.
type CommInfoRequest struct {
	TargetName string `json:"target_name,omitempty"`
}

// ParseCommInfoRequest takes a missing target_name for all targets.
func ParseCommInfoRequest(content json.RawMessage) (CommInfoRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return CommInfoRequest{}, err
	}
	return CommInfoRequest{TargetName: f.text("target_name", "")}, nil
}

// CommInfoReply is comm_info_reply; the map's keys are comm ids.
type CommInfoReply struct {
	Status string                `json:"status"`
	Comms  map[string]CommTarget `json:"comms"`
}

// CommTarget says what a comm is connected to.
type CommTarget struct {
	TargetName string `json:"target_name"`
}

// Comm is comm_open, comm_msg or comm_close; only the first has a target.
type Comm struct {
	CommID       string          `json:"comm_id"`
	TargetName   string          `json:"target_name,omitempty"`
	TargetModule string          `json:"target_module,omitempty"`
	Data         json.RawMessage `json:"data"`
}

// ParseComm wants comm_id; data that is not an object is {}.
func ParseComm(content json.RawMessage) (Comm, error) {
	f, err := readFields(content)
	if err != nil {
		return Comm{}, err
	}
	c := Comm{
		TargetName:   f.text("target_name", ""),
		TargetModule: f.text("target_module", ""),
		Data:         f.object("data"),
	}
	c.CommID, err = f.need("comm", "comm_id")
	return c, err
}

// DebugRequest is the head of a debug_request, whose content is a message of
// the Debug Adapter Protocol.
type DebugRequest struct {
	Seq       int             `json:"seq"`
	Type      string          `json:"type"`
	Command   string          `json:"command"`
	Arguments json.RawMessage `json:"arguments,omitempty"`
}

// ParseDebugRequest never wants a field: what is missing is empty.
func ParseDebugRequest(content json.RawMessage) (DebugRequest, error) {
	f, err := readFields(content)
	if err != nil {
		return DebugRequest{}, err
	}
	return DebugRequest{
		Seq:       f.integer("seq", 0),
		Type:      f.text("type", ""),
		Command:   f.text("command", ""),
		Arguments: f.object("arguments"),
	}, nil
}

// DebugReply is debug_reply: a response of the Debug Adapter Protocol.
type DebugReply struct {
	Seq        int    `json:"seq"`
	Type       string `json:"type"` // response
	RequestSeq int    `json:"request_seq"`
	Success    bool   `json:"success"`
	Command    string `json:"command"`
	Message    string `json:"message,omitempty"`
	Body       MIME   `json:"body"`
}
