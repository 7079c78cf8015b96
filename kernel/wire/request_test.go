package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"runnext/kernel/wire"
)

func TestParseExecuteRequest(t *testing.T) {
	none := map[string]string{}
	for _, tt := range []struct {
		content string
		want    wire.ExecuteRequest
	}{
		{`{"code":""}`, wire.ExecuteRequest{StoreHistory: true, StopOnError: true, UserExpressions: none}},
		{`{ "code" : "a" , "silent" : false , "store_history" : true , "allow_stdin" : true , "stop_on_error" : false }`,
			wire.ExecuteRequest{Code: "a", StoreHistory: true, AllowStdin: true, UserExpressions: none}},
		{`{"code":"a","silent":true,"store_history":true}`,
			wire.ExecuteRequest{Code: "a", Silent: true, StopOnError: true, UserExpressions: none}},
		{`{"code":"a","store_history":false}`,
			wire.ExecuteRequest{Code: "a", StopOnError: true, UserExpressions: none}},
		// Wrong types are as good as nothing.
		{`{"code":"a","silent":"yes","store_history":0,"allow_stdin":1,"stop_on_error":null,"user_expressions":[1],"more":{}}`,
			wire.ExecuteRequest{Code: "a", StoreHistory: true, StopOnError: true, UserExpressions: none}},
		{`{"code":"a","user_expressions":{"x":"1+1","y":7,"z":null,"w":["q"]}}`,
			wire.ExecuteRequest{Code: "a", StoreHistory: true, StopOnError: true,
				UserExpressions: map[string]string{"x": "1+1", "y": "7", "z": "null", "w": `["q"]`}}},
		{`{"code":"first","code":"\u0000\ud800 \ud83d\ude00"}`,
			wire.ExecuteRequest{Code: "\x00\uFFFD 😀", StoreHistory: true, StopOnError: true, UserExpressions: none}},
		{`{"Code":"A","code":"a"}`,
			wire.ExecuteRequest{Code: "a", StoreHistory: true, StopOnError: true, UserExpressions: none}},
	} {
		got, err := wire.ParseExecuteRequest(json.RawMessage(tt.content))
		if err != nil {
			t.Errorf("%s: %v", tt.content, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s:\n%s", tt.content, d)
		}
	}
}

func TestCodeIsNeeded(t *testing.T) {
	parse := map[string]func(json.RawMessage) error{
		"execute":     func(c json.RawMessage) error { _, err := wire.ParseExecuteRequest(c); return err },
		"complete":    func(c json.RawMessage) error { _, err := wire.ParseCompleteRequest(c); return err },
		"inspect":     func(c json.RawMessage) error { _, err := wire.ParseInspectRequest(c); return err },
		"is_complete": func(c json.RawMessage) error { _, err := wire.ParseIsCompleteRequest(c); return err },
	}
	for name, f := range parse {
		for content, got := range map[string]string{
			`{}`: "nothing", `{"CODE":"x"}`: "nothing", `{"code":null}`: "null", `{"code":1}`: "a number", `{"code":-1}`: "a number",
			`{"code":["x"]}`: "an array", `{"code":{}}`: "an object", `{"code":true}`: "a boolean",
		} {
			err := f(json.RawMessage(content))
			var fe *wire.FieldError
			if !errors.As(err, &fe) || fe.Field != "code" || fe.Got != got || !strings.HasPrefix(err.Error(), name+"_request: ") {
				t.Errorf("%s %s: %v", name, content, err)
			}
		}
		if err := f(json.RawMessage(`{"code":`)); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := wire.ParseExecuteRequest(json.RawMessage(`{"silent":true}`))
	if err == nil || !r.Silent {
		t.Errorf("what a request without code says of itself: %+v", r)
	}
}

func TestCursor(t *testing.T) {
	const code = "é😀x"
	for cursor, want := range map[string]int{
		`0`: 0, `1`: 2, `2`: 6, `3`: 7, `4`: 7, `-1`: 0, `-0`: 0, `9007199254740992`: 7, `1e999`: 7, `-1e999`: 0,
		`1.9`: 2, `1e0`: 2, `"1"`: 7, `null`: 7, `true`: 7, `[1]`: 7, strings.Repeat("9", 400): 7,
	} {
		content := json.RawMessage(`{"code":"` + code + `","cursor_pos":` + cursor + `}`)
		c, err := wire.ParseCompleteRequest(content)
		if err != nil || c.Offset() != want {
			t.Errorf("complete, cursor %.20s: %d, want %d, %v", cursor, c.Offset(), want, err)
		}
		i, err := wire.ParseInspectRequest(content)
		if err != nil || i.Offset() != want {
			t.Errorf("inspect, cursor %.20s: %d, want %d, %v", cursor, i.Offset(), want, err)
		}
	}
	if c, _ := wire.ParseCompleteRequest(json.RawMessage(`{"code":"abc"}`)); c.Offset() != 3 {
		t.Errorf("without a cursor: %d", c.Offset())
	}
}

func TestParseOtherRequests(t *testing.T) {
	for _, tt := range []struct {
		content string
		parse   func(json.RawMessage) (any, error)
		want    any
	}{
		{`{"code":"","detail_level":7,"omit_sections":["a",1,null,"b"]}`, parsed(wire.ParseInspectRequest),
			wire.InspectRequest{CursorPos: -1, DetailLevel: 1, OmitSections: []string{"a", "b"}}},
		{`{"code":"","detail_level":-1,"cursor_pos":-3,"omit_sections":"a"}`, parsed(wire.ParseInspectRequest),
			wire.InspectRequest{}},
		{`{}`, parsed(wire.ParseHistoryRequest), wire.HistoryRequest{Raw: true, AccessType: "tail", Pattern: "*"}},
		{`{"output":true,"raw":false,"hist_access_type":"range","session":-1,"start":2,"stop":5,"n":null}`, parsed(wire.ParseHistoryRequest),
			wire.HistoryRequest{Output: true, AccessType: "range", Session: -1, Start: 2, Stop: 5, Pattern: "*"}},
		{`{"hist_access_type":"search","n":-4,"pattern":"a*","unique":true}`, parsed(wire.ParseHistoryRequest),
			wire.HistoryRequest{Raw: true, AccessType: "search", Pattern: "a*", Unique: true}},
		{`{}`, parsed(wire.ParseShutdownRequest), wire.ShutdownRequest{}},
		{`{"restart":true}`, parsed(wire.ParseShutdownRequest), wire.ShutdownRequest{Restart: true}},
		{`{"restart":"no"}`, parsed(wire.ParseShutdownRequest), wire.ShutdownRequest{}},
		{`{"value":"x\n"}`, parsed(wire.ParseInputReply), wire.InputReply{Value: "x\n"}},
		{`{"value":5}`, parsed(wire.ParseInputReply), wire.InputReply{}},
		{`{"subshell_id":"s"}`, parsed(wire.ParseSubshellRequest), wire.SubshellRequest{SubshellID: "s"}},
		{`{"target_name":"t"}`, parsed(wire.ParseCommInfoRequest), wire.CommInfoRequest{TargetName: "t"}},
		{`{"target_name":null}`, parsed(wire.ParseCommInfoRequest), wire.CommInfoRequest{}},
		{`{"comm_id":"c","target_name":"t","data":{"a":1}}`, parsed(wire.ParseComm),
			wire.Comm{CommID: "c", TargetName: "t", Data: json.RawMessage(`{"a":1}`)}},
		{`{"comm_id":"c","data":[]}`, parsed(wire.ParseComm), wire.Comm{CommID: "c", Data: json.RawMessage(`{}`)}},
		{`{"seq":3,"type":"request","command":"initialize","arguments":{"a":1}}`, parsed(wire.ParseDebugRequest),
			wire.DebugRequest{Seq: 3, Type: "request", Command: "initialize", Arguments: json.RawMessage(`{"a":1}`)}},
		{`{"seq":"3"}`, parsed(wire.ParseDebugRequest), wire.DebugRequest{Arguments: json.RawMessage(`{}`)}},
	} {
		got, err := tt.parse(json.RawMessage(tt.content))
		if err != nil {
			t.Errorf("%s: %v", tt.content, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s:\n%s", tt.content, d)
		}
	}
	for name, parse := range map[string]func(json.RawMessage) (any, error){
		"subshell_id": parsed(wire.ParseSubshellRequest), "comm_id": parsed(wire.ParseComm),
	} {
		var fe *wire.FieldError
		if _, err := parse(json.RawMessage(`{}`)); !errors.As(err, &fe) || fe.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func parsed[T any](f func(json.RawMessage) (T, error)) func(json.RawMessage) (any, error) {
	return func(c json.RawMessage) (any, error) { return f(c) }
}

func TestParseExecuteMetadata(t *testing.T) {
	for content, want := range map[string]wire.ExecuteMetadata{
		`{}`:   {},
		`null`: {},
		`x`:    {},
		`{"cellId":"c","deletedCells":["a"],"recordTiming":true,"tags":["raises-exception",1]}`: {
			CellID: "c", DeletedCells: []string{"a"}, RecordTiming: true, Tags: []string{"raises-exception"}},
		`{"cellId":1,"deletedCells":{},"recordTiming":"x","tags":"y"}`: {},
	} {
		if d := cmp.Diff(want, wire.ParseExecuteMetadata(json.RawMessage(content))); d != "" {
			t.Errorf("%s:\n%s", content, d)
		}
	}
}
