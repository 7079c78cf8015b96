package kerneltest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// heard feeds a checker with a conversation: one line a message, of the form
// "channel type parent content". Requests are on the channel "ask".
func heard(lines ...string) *checker {
	c := newChecker()
	for i, line := range lines {
		f := strings.SplitN(line, " ", 4)
		m := &Message{Channel: Channel(f[0]), Type: f[1], ParentID: f[2], Session: "s", ID: fmt.Sprint("m", i)}
		if err := json.Unmarshal([]byte(f[3]), &m.Content); err != nil {
			panic(err)
		}
		m.Parent = json.RawMessage(fmt.Sprintf(`{"msg_id":%q}`, m.ParentID))
		if m.Channel == "ask" {
			c.sent(m.ParentID, m.Type, m.Parent, m.Content["silent"] == true)
			continue
		}
		c.saw(m)
	}
	return c
}

const (
	askExec   = `ask execute_request x {}`
	askSilent = `ask execute_request x {"silent":true}`
	askInfo   = `ask comm_info_request x {}`
	busy      = `iopub status x {"execution_state":"busy"}`
	idle      = `iopub status x {"execution_state":"idle"}`
	input     = `iopub execute_input x {"code":"","execution_count":1}`
	printed   = `iopub stream x {"name":"stdout","text":"a"}`
	result    = `iopub execute_result x {"execution_count":1,"data":{"text/plain":"1"},"metadata":{}}`
	failure   = `iopub error x {"ename":"panic","evalue":"boom","traceback":[]}`
	good      = `shell execute_reply x {"status":"ok","execution_count":1,"payload":[],"user_expressions":{}}`
	bad       = `shell execute_reply x {"status":"error","execution_count":1,"ename":"panic","evalue":"boom","traceback":[]}`
	aborted   = `shell execute_reply x {"status":"aborted"}`
	comms     = `shell comm_info_reply x {"status":"ok","comms":{}}`
)

func TestCheckerAccepts(t *testing.T) {
	for name, lines := range map[string][]string{
		"good cell":         {askExec, busy, input, printed, result, good, idle},
		"reply after idle":  {askExec, busy, input, idle, good},
		"busy repeated":     {askExec, busy, input, busy, printed, busy, good, idle},
		"late output":       {askExec, busy, input, good, idle, printed, failure},
		"error":             {askExec, busy, input, printed, failure, bad, idle},
		"aborted":           {askExec, busy, aborted, idle},
		"silent":            {askSilent, busy, good, idle},
		"question":          {askInfo, busy, comms, idle},
		"another client's":  {busy, input, printed, idle},
		"starting, welcome": {`iopub iopub_welcome  {"subscription":""}`, `iopub status  {"execution_state":"starting"}`},
	} {
		c := heard(lines...)
		if wrong := append(c.wrong, c.open(none)...); len(wrong) > 0 {
			t.Errorf("%s: %q", name, wrong)
		}
	}
}

func TestCheckerRefuses(t *testing.T) {
	tests := []struct {
		name, want string
		lines      []string
	}{
		{"no busy", "before the busy", []string{askExec, input, good, idle}},
		{"idle alone", "before the busy", []string{askInfo, comms, idle}},
		{"no idle", "idle 0", []string{askExec, busy, input, good}},
		{"no reply", "reply false", []string{askExec, busy, input, idle}},
		{"two idles", "after the final idle", []string{askExec, busy, input, good, idle, idle}},
		{"busy after idle", "after the final idle", []string{askExec, busy, input, good, idle, busy}},
		{"result after idle", "after the final idle", []string{askExec, busy, input, good, idle, result}},
		{"busy again", "busy again", []string{askInfo, busy, busy, comms, idle}},
		{"two replies", "second reply", []string{askExec, busy, input, good, good, idle}},
		{"wrong reply", "wrong reply", []string{askInfo, busy, good, idle}},
		{"nobody's reply", "answers nobody", []string{good}},
		{"output before input", "before execute_input", []string{askExec, busy, printed, input, good, idle}},
		{"two inputs", "execute_input is not first", []string{askExec, busy, input, input, good, idle}},
		{"no input", "no execute_input", []string{askExec, busy, good, idle}},
		{"error without a message", "0 errors published", []string{askExec, busy, input, bad, idle}},
		{"error twice", "2 errors published", []string{askExec, busy, input, failure, failure, bad, idle}},
		{"message without an error", "published for a good reply", []string{askExec, busy, input, failure, good, idle}},
		{"another error", "evalue differs", []string{askExec, busy, input, strings.Replace(failure, "boom", "bang", 1), bad, idle}},
		{"aborted ran", "has published", []string{askExec, busy, input, aborted, idle}},
		{"aborted counts", "unexpected execution_count", []string{askExec, busy, strings.Replace(aborted, `}`, `,"execution_count":1}`, 1), idle}},
		{"silent prints", "a silent request", []string{askSilent, busy, printed, good, idle}},
		{"two results", "a second end", []string{askExec, busy, input, result, result, good, idle}},
		{"count ahead", "of the future", []string{askExec, busy, input, strings.Replace(good, "1", "2", 1), idle}},
		{"no plain text", "no text/plain", []string{askExec, busy, input, strings.Replace(result, "text/plain", "text/html", 1), good, idle}},
		{"no parent", "no parent", []string{strings.Replace(printed, " x ", "  ", 1)}},
		{"late welcome", "not the first", []string{busy, `iopub iopub_welcome  {"subscription":""}`, idle}},
		{"state unknown", "is not one of", []string{strings.Replace(busy, "busy", "tired", 1)}},
		{"type unknown", "does not send this", []string{`iopub gossip x {}`}},
		{"question after idle", "out of place", []string{askExec, busy, input, good, idle, `stdin input_request x {"prompt":"","password":false}`}},
	}
	for _, tt := range tests {
		c := heard(tt.lines...)
		all := strings.Join(append(c.wrong, c.open(none)...), "\n")
		if !strings.Contains(all, tt.want) {
			t.Errorf("%s: want %q in %q", tt.name, tt.want, all)
		}
	}
}

func TestCheckerComparesHeaders(t *testing.T) {
	c := newChecker()
	c.sent("x", "comm_info_request", json.RawMessage(`{"msg_id":"x","extra":1}`), false)
	m := &Message{Channel: IOPub, Type: "status", ID: "1", ParentID: "x", Session: "s",
		Parent: json.RawMessage(`{"msg_id":"x"}`), Content: map[string]any{"execution_state": "busy"}}
	c.saw(m)
	again := *m
	again.Session = "t"
	c.saw(&again)
	all := strings.Join(c.wrong, "\n")
	for _, want := range []string{"not the header of the request", "used twice", "session changed"} {
		if !strings.Contains(all, want) {
			t.Errorf("want %q in %q", want, all)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	key := []byte("k")
	head := func(h string) [][]byte {
		return encode(key, json.RawMessage(h), json.RawMessage("{}"), json.RawMessage("{}"), json.RawMessage("{}"))
	}
	const sound = `{"msg_id":"1","session":"s","username":"u","date":"2026-01-02T03:04:05.6Z","msg_type":"status","version":"5.5"}`
	if _, err := decode(key, Shell, head(sound)); err != nil {
		t.Fatal(err)
	}
	forged := head(sound)
	forged[1] = []byte("0")
	for name, frames := range map[string][][]byte{
		"nothing":         nil,
		"no delimiter":    head(sound)[1:],
		"too short":       head(sound)[:4],
		"forged":          forged,
		"identity left":   append([][]byte{[]byte("id")}, head(sound)...),
		"date of no zone": head(strings.Replace(sound, "6Z", "6", 1)),
		"no msg_id":       head(strings.Replace(sound, `"1"`, `""`, 1)),
		"unknown field":   head(strings.Replace(sound, `"msg_id"`, `"x":1,"msg_id"`, 1)),
		"null":            head("null"),
	} {
		if m, err := decode(key, Shell, frames); err == nil {
			t.Errorf("%s was taken for %v", name, m)
		}
	}
}
