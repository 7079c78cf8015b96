package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"runnext/kernel/wire"
)

// TestContents fixes the JSON of what a kernel sends (jupyter messaging 5.5).
func TestContents(t *testing.T) {
	for _, tt := range []struct {
		content any
		want    string
	}{
		{nil, `{}`},
		{struct{}{}, `{}`},
		{wire.Status{ExecutionState: "busy"}, `{"execution_state":"busy"}`},
		{wire.Stream{Name: "stdout", Text: "a\n\"\\\t\r\x00\x1b[1m<&>\u2028é😀\xff"},
			`{"name":"stdout","text":"a\n\"\\\t\r\u0000\u001b[1m<&>\u2028é😀` + "\uFFFD" + `"}`},
		{wire.ExecuteInput{Code: "<a>", ExecutionCount: 3}, `{"code":"<a>","execution_count":3}`},
		{wire.ExecuteResult{ExecutionCount: 1, Data: wire.MIME{"text/plain": "x", "application/json": map[string]any{"a": []int{1}}}},
			`{"execution_count":1,"data":{"application/json":{"a":[1]},"text/plain":"x"},"metadata":{}}`},
		{wire.ExecuteResult{Transient: &wire.Transient{DisplayID: "d"}},
			`{"execution_count":0,"data":{},"metadata":{},"transient":{"display_id":"d"}}`},
		{wire.DisplayData{Data: wire.MIME{"text/plain": "x"}}, `{"data":{"text/plain":"x"},"metadata":{},"transient":{}}`},
		{wire.Error{Name: "panic", Value: "v"}, `{"ename":"panic","evalue":"v","traceback":[]}`},
		{wire.ClearOutput{Wait: true}, `{"wait":true}`},
		{wire.Welcome{}, `{"subscription":""}`},
		{wire.InputRequest{Prompt: "? "}, `{"prompt":"? ","password":false}`},
		{wire.StatusReply{Status: "aborted"}, `{"status":"aborted"}`},
		{wire.NewErrorReply("n", "v", []string{"a\xff", "<b>"}), `{"status":"error","ename":"n","evalue":"v","traceback":["a` + "\uFFFD" + `","<b>"]}`},
		{wire.ExecuteErrorReply{ErrorReply: wire.NewErrorReply("n", "v", nil), ExecutionCount: 2},
			`{"status":"error","ename":"n","evalue":"v","traceback":[],"execution_count":2}`},
		{wire.ExecuteReply{Status: "ok", ExecutionCount: 2}, `{"status":"ok","execution_count":2,"user_expressions":{},"payload":[]}`},
		{wire.ExecuteReply{Status: "ok", Payload: []any{wire.NewPagePayload(wire.MIME{"text/plain": "p"}), wire.SetNextInputPayload{Source: "set_next_input", Text: "t"}},
			UserExpressions: wire.MIME{"x": wire.ExpressionValue{Status: "ok", Data: wire.MIME{"text/plain": "2"}}, "y": wire.NewErrorReply("n", "v", nil)}},
			`{"status":"ok","execution_count":0,"user_expressions":{"x":{"status":"ok","data":{"text/plain":"2"},"metadata":{}},"y":{"status":"error","ename":"n","evalue":"v","traceback":[]}},` +
				`"payload":[{"source":"page","data":{"text/plain":"p"},"start":0},{"source":"set_next_input","text":"t","replace":false}]}`},
		{wire.CompleteReply{Status: "ok", CursorEnd: 1}, `{"status":"ok","matches":[],"cursor_start":0,"cursor_end":1,"metadata":{}}`},
		{wire.CompleteReply{Matches: wire.Texts{"a"}, Metadata: wire.MIME{wire.TypedMatches: []wire.TypedMatch{{Text: "a", Type: "function"}}}},
			`{"status":"","matches":["a"],"cursor_start":0,"cursor_end":0,"metadata":{"_jupyter_types_experimental":[{"start":0,"end":0,"text":"a","type":"function"}]}}`},
		{wire.InspectReply{Status: "ok"}, `{"status":"ok","found":false,"data":{},"metadata":{}}`},
		{wire.IsCompleteReply{Status: "incomplete"}, `{"status":"incomplete","indent":""}`},
		{wire.IsCompleteReply{Status: "complete", Indent: "x"}, `{"status":"complete"}`},
		{wire.HistoryReply{Status: "ok"}, `{"status":"ok","history":[]}`},
		{wire.HistoryReply{History: []wire.HistoryEntry{{Session: 1, Line: 2, Input: "<"}, {Input: "i", WithOutput: true}, {Input: "i", Output: "o", WithOutput: true}}},
			`{"status":"","history":[[1,2,"<"],[0,0,["i",null]],[0,0,["i","o"]]]}`},
		{wire.KernelInfoReply{LanguageInfo: wire.LanguageInfo{Name: "go", FileExtension: ".go"}},
			`{"status":"","protocol_version":"","implementation":"","implementation_version":"","language_info":{"name":"go","version":"","mimetype":"","file_extension":".go"},"banner":"","help_links":[],"supported_features":[],"debugger":false}`},
		{wire.ShutdownReply{Status: "ok", Restart: true}, `{"status":"ok","restart":true}`},
		{wire.CommInfoReply{Status: "ok", Comms: map[string]wire.CommTarget{"c": {TargetName: "t"}}}, `{"status":"ok","comms":{"c":{"target_name":"t"}}}`},
		{wire.ListSubshellReply{Status: "ok"}, `{"status":"ok","subshell_id":[]}`},
		{wire.CreateSubshellReply{Status: "ok", SubshellID: "s"}, `{"status":"ok","subshell_id":"s"}`},
	} {
		got, err := wire.Marshal(tt.content)
		if err != nil || string(got) != tt.want {
			t.Errorf("%T:\ngot  %s\nwant %s\n%v", tt.content, got, tt.want, err)
		}
	}
}

type angle float64

func (a angle) MarshalJSON() ([]byte, error) { return json.Marshal(math.Round(float64(a))) }

func TestNumbersJSONDoesNotHave(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	data := map[string]any{
		"a": nan, "b": []float64{1, inf}, "c": map[string]float32{"x": float32(inf)}, "d": []any{nan, "s", nil, &nan},
		"e": angle(1.4), "f": []byte{1}, "g": wire.MIME{"h": inf}, "i": map[int]string{1: "x"}, "j": 7,
	}
	const want = `{"a":null,"b":[1,null],"c":{"x":null},"d":[null,"s",null,null],"e":1,"f":"AQ==","g":{"h":null},"i":{"1":"x"},"j":7}`
	for _, content := range []any{data, wire.MIME(data)} {
		if got, err := wire.Marshal(content); err != nil || string(got) != want {
			t.Errorf("%s %v", got, err)
		}
	}
	got, err := wire.Marshal(wire.DisplayData{Data: data})
	if err != nil || string(got) != `{"data":`+want+`,"metadata":{},"transient":{}}` {
		t.Errorf("%s %v", got, err)
	}
	if !math.IsNaN(nan) || !math.IsInf(data["b"].([]float64)[1], -1) {
		t.Error("the caller's values have changed")
	}
	cyclic := map[string]any{"n": nan}
	cyclic["self"], cyclic["again"] = cyclic, cyclic
	for name, content := range map[string]any{
		"number": nan, "struct": struct{ X float64 }{inf}, "channel": make(chan int), "cycle": cyclic,
		"function inside": map[string]any{"f": func() {}}, "struct inside": map[string]any{"s": struct{ X float64 }{nan}},
	} {
		if got, err := wire.Marshal(content); err == nil {
			t.Errorf("%s: no error but %s", name, got)
		}
	}
}

// FuzzStream holds the hand-written JSON against encoding/json.
func FuzzStream(f *testing.F) {
	for _, s := range []string{"", "plain\n", "\x00\x7f\"\\/<>&", "\u2028\u2029", "é😀", "\xff\xed\xa0\x80", strings.Repeat("x", 300)} {
		f.Add("stdout", s)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		got, err := wire.Marshal(wire.Stream{Name: name, Text: text})
		if err != nil || !json.Valid(got) || !utf8.Valid(got) {
			t.Fatalf("%q %v", got, err)
		}
		var back wire.Stream
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		want := []string{strings.ToValidUTF8(name, "\uFFFD"), strings.ToValidUTF8(text, "\uFFFD")}
		// ToValidUTF8 makes one of a run of bad bytes, JSON one of each.
		if utf8.ValidString(name) && back.Name != want[0] || utf8.ValidString(text) && back.Text != want[1] {
			t.Errorf("%q became %q", text, back.Text)
		}
		plain, _ := json.Marshal(struct {
			Name string `json:"name"`
			Text string `json:"text"`
		}{name, text})
		var standard wire.Stream
		if err := json.Unmarshal(plain, &standard); err != nil || standard != back {
			t.Errorf("encoding/json has %q, this %q", standard, back)
		}
	})
}

func TestMarshalErrorNamesTheMessage(t *testing.T) {
	o := wire.NewOrigin("s", "u", nil, nil)
	_, err := o.Publish(nil, "t", wire.TypeDisplayData, map[string]any{"x": func() {}})
	var unsupported *json.UnsupportedTypeError
	if !errors.As(err, &unsupported) || !strings.HasPrefix(err.Error(), "display_data: ") {
		t.Errorf("%v", err)
	}
}
