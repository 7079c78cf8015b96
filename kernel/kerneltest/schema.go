package kerneltest

import (
	"fmt"
	"slices"
	"strings"
)

// shape tells what is wrong with a JSON value, "" for nothing.
type shape func(v any) string

func isText(v any) string {
	if _, ok := v.(string); !ok {
		return fmt.Sprintf("%T is not a string", v)
	}
	return ""
}

func isFlag(v any) string {
	if _, ok := v.(bool); !ok {
		return fmt.Sprintf("%T is not a boolean", v)
	}
	return ""
}

func isNumber(v any) string {
	if _, ok := v.(float64); !ok {
		return fmt.Sprintf("%T is not a number", v)
	}
	return ""
}

func isCount(v any) string {
	n, ok := v.(float64)
	if !ok || n < 0 || n != float64(int(n)) {
		return fmt.Sprintf("%v is not a count", v)
	}
	return ""
}

func isObject(v any) string {
	if _, ok := v.(map[string]any); !ok {
		return fmt.Sprintf("%T is not an object", v)
	}
	return ""
}

func oneOf(values ...string) shape {
	return func(v any) string {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			return fmt.Sprintf("%v is not one of %v", v, values)
		}
		return ""
	}
}

func listOf(item shape) shape {
	return func(v any) string {
		list, ok := v.([]any)
		if !ok {
			return fmt.Sprintf("%T is not an array", v)
		}
		for i, x := range list {
			if wrong := item(x); wrong != "" {
				return fmt.Sprintf("[%d]: %s", i, wrong)
			}
		}
		return ""
	}
}

func mapOf(item shape) shape {
	return func(v any) string {
		values, ok := v.(map[string]any)
		if !ok {
			return fmt.Sprintf("%T is not an object", v)
		}
		for k, x := range values {
			if wrong := item(x); wrong != "" {
				return k + ": " + wrong
			}
		}
		return ""
	}
}

// object has exactly the fields given; those whose name ends in ? may be
// missing.
func object(fields map[string]shape) shape {
	return func(v any) string {
		values, ok := v.(map[string]any)
		if !ok {
			return fmt.Sprintf("%T is not an object", v)
		}
		known := make(map[string]bool)
		for name, check := range fields {
			name, optional := strings.CutSuffix(name, "?")
			known[name] = true
			x, there := values[name]
			switch {
			case !there && !optional:
				return "no " + name
			case there:
				if wrong := check(x); wrong != "" {
					return name + ": " + wrong
				}
			}
		}
		for name := range values {
			if !known[name] {
				return "unexpected " + name
			}
		}
		return ""
	}
}

// bundle is a MIME bundle: text/plain always, JSON types as JSON, text as text.
func bundle(v any) string {
	data, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprintf("%T is not a MIME bundle", v)
	}
	if _, ok := data["text/plain"].(string); !ok {
		return "no text/plain"
	}
	for mime, x := range data {
		if mime == "application/json" || strings.HasSuffix(mime, "+json") {
			continue
		}
		if _, ok := x.(string); !ok {
			return fmt.Sprintf("%s is %T", mime, x)
		}
	}
	return ""
}

// failed is what every reply with status error holds, and no more.
func failed(extra ...string) shape {
	fields := map[string]shape{
		"status": oneOf("error"), "ename": isText, "evalue": isText, "traceback": listOf(isText),
	}
	for _, name := range extra {
		fields[name+"?"] = func(any) string { return "" }
	}
	return object(fields)
}

// reply chooses by status: ok takes the fields given.
func reply(fields map[string]shape, extra ...string) shape {
	fields["status"] = oneOf("ok")
	good, bad := object(fields), failed(extra...)
	return func(v any) string {
		if content, ok := v.(map[string]any); ok && content["status"] == "error" {
			return bad(v)
		}
		return good(v)
	}
}

func executeReply(v any) string {
	if content, ok := v.(map[string]any); ok && content["status"] == "aborted" {
		return object(map[string]shape{"status": isText})(v)
	}
	return reply(map[string]shape{
		"execution_count": isCount, "payload": listOf(isObject),
		"user_expressions": mapOf(reply(map[string]shape{"data": bundle, "metadata": isObject})),
	}, "execution_count")(v)
}

func isCompleteReply(v any) string {
	content, ok := v.(map[string]any)
	switch {
	case ok && content["status"] == "incomplete":
		return object(map[string]shape{"status": isText, "indent": isText})(v)
	case ok && content["status"] == "error":
		return failed()(v)
	}
	return object(map[string]shape{"status": oneOf("complete", "invalid", "unknown")})(v)
}

func inspectReply(v any) string {
	data := shape(isObject)
	if content, ok := v.(map[string]any); ok && content["found"] == true {
		data = bundle
	}
	return reply(map[string]shape{"found": isFlag, "data": data, "metadata": isObject})(v)
}

func historyEntry(v any) string {
	e, ok := v.([]any)
	if !ok || len(e) != 3 || isCount(e[0]) != "" || isCount(e[1]) != "" {
		return fmt.Sprintf("%v is not [session, line, input]", v)
	}
	if pair, ok := e[2].([]any); ok {
		if len(pair) != 2 || isText(pair[0]) != "" || pair[1] != nil && isText(pair[1]) != "" {
			return fmt.Sprintf("%v is not [input, output]", pair)
		}
		return ""
	}
	return isText(e[2])
}

func displayOf(transient shape) shape {
	return object(map[string]shape{"data": bundle, "metadata": isObject, "transient": transient})
}

// schemas are the contents of what a kernel sends (jupyter messaging 5.5,
// JEP 65, JEP 91; host figures as jupyter-resource-usage reads them).
func schemas() map[string]shape {
	empty := func() map[string]shape { return map[string]shape{} }
	return map[string]shape{
		"status":              object(map[string]shape{"execution_state": oneOf("busy", "idle", "starting")}),
		"stream":              object(map[string]shape{"name": oneOf("stdout", "stderr"), "text": isText}),
		"display_data":        displayOf(object(map[string]shape{"display_id?": isText})),
		"update_display_data": displayOf(object(map[string]shape{"display_id": isText})),
		"clear_output":        object(map[string]shape{"wait": isFlag}),
		"execute_input":       object(map[string]shape{"code": isText, "execution_count": isCount}),
		"execute_result": object(map[string]shape{
			"execution_count": isCount, "data": bundle, "metadata": isObject,
			"transient?": object(map[string]shape{"display_id?": isText}),
		}),
		"error":         object(map[string]shape{"ename": isText, "evalue": isText, "traceback": listOf(isText)}),
		"iopub_welcome": object(map[string]shape{"subscription": isText}),
		"comm_close":    object(map[string]shape{"comm_id": isText, "data": isObject}),
		"input_request": object(map[string]shape{"prompt": isText, "password": isFlag}),

		"kernel_info_reply": reply(map[string]shape{
			"protocol_version": isText, "implementation": isText, "implementation_version": isText,
			"language_info": object(map[string]shape{
				"name": isText, "version": isText, "mimetype": isText, "file_extension": isText,
				"pygments_lexer?": isText, "codemirror_mode?": isText, "nbconvert_exporter?": isText,
			}),
			"banner": isText, "help_links": listOf(object(map[string]shape{"text": isText, "url": isText})),
			"supported_features": listOf(isText), "debugger": isFlag,
			"execution_state?": oneOf("busy", "idle", "starting"),
		}),
		"execute_reply": executeReply,
		"complete_reply": reply(map[string]shape{
			"matches": listOf(isText), "cursor_start": isCount, "cursor_end": isCount, "metadata": isObject,
		}),
		"inspect_reply":     inspectReply,
		"is_complete_reply": isCompleteReply,
		"history_reply":     reply(map[string]shape{"history": listOf(historyEntry)}),
		"comm_info_reply":   reply(map[string]shape{"comms": mapOf(object(map[string]shape{"target_name": isText}))}),
		"connect_reply": object(map[string]shape{
			"shell_port": isCount, "iopub_port": isCount, "stdin_port": isCount, "hb_port": isCount, "control_port?": isCount,
		}),
		"shutdown_reply":        reply(map[string]shape{"restart": isFlag}),
		"interrupt_reply":       reply(empty()),
		"create_subshell_reply": reply(map[string]shape{"subshell_id": isText}),
		"delete_subshell_reply": reply(empty()),
		"list_subshell_reply":   reply(map[string]shape{"subshell_id": listOf(isText)}),
		"debug_reply": object(map[string]shape{
			"seq": isCount, "type": oneOf("response"), "request_seq": isCount, "success": isFlag,
			"command": isText, "message?": isText, "body?": isObject,
		}),
		"usage_reply": object(map[string]shape{
			"hostname": isText, "pid": isCount, "kernel_cpu": isNumber, "kernel_memory": isNumber,
			"cpu_count": isCount, "host_cpu_percent?": isNumber, "host_virtual_memory?": mapOf(isNumber),
		}),
	}
}
