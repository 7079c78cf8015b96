package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"runnext/kernel/wire"
)

const connectionFile = `{"shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004, "hb_port": 50005,
 "ip": "127.0.0.1", "key": "abc-def", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "runnext", "jupyter_session": "/n.ipynb", "other": [1]}`

// changed gives the connection file with fields set, or taken out by "".
func changed(t testing.TB, fields map[string]string) []byte {
	t.Helper()
	all := make(map[string]json.RawMessage)
	if err := json.Unmarshal([]byte(connectionFile), &all); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		if value == "" {
			delete(all, name)
		} else {
			all[name] = json.RawMessage(value)
		}
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseConnectionInfo(t *testing.T) {
	want := wire.ConnectionInfo{
		Transport: "tcp", IP: "127.0.0.1", ShellPort: 50001, IOPubPort: 50002, StdinPort: 50003, ControlPort: 50004, HBPort: 50005,
		Key: "abc-def", SignatureScheme: "hmac-sha256", KernelName: "runnext", Session: "/n.ipynb",
	}
	got, err := wire.ParseConnectionInfo([]byte(connectionFile))
	if err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
	for _, tt := range []struct {
		fields   map[string]string
		endpoint string
		key      string
	}{
		{nil, "tcp://127.0.0.1:50001", "abc-def"},
		{map[string]string{"ip": `"::1"`}, "tcp://[::1]:50001", "abc-def"},
		{map[string]string{"ip": `"*"`}, "tcp://*:50001", "abc-def"},
		{map[string]string{"ip": `""`, "key": `""`}, "tcp://127.0.0.1:50001", ""},
		{map[string]string{"ip": "", "transport": "", "key": "", "signature_scheme": ""}, "tcp://127.0.0.1:50001", ""},
		{map[string]string{"transport": `"ipc"`, "ip": `"/run/k-1"`, "shell_port": "1"}, "ipc:///run/k-1-1", "abc-def"},
		{map[string]string{"transport": `"ipc"`, "ip": ""}, "ipc://kernel-ipc-50001", "abc-def"},
		{map[string]string{"curve_publickey": "null", "curve_secretkey": `""`}, "tcp://127.0.0.1:50001", "abc-def"},
	} {
		got, err := wire.ParseConnectionInfo(changed(t, tt.fields))
		if err != nil || got.Endpoint(got.ShellPort) != tt.endpoint || got.Key != tt.key {
			t.Errorf("%v: %s %q %v", tt.fields, got.Endpoint(got.ShellPort), got.Key, err)
		}
	}
}

func TestParseConnectionInfoRefuses(t *testing.T) {
	for _, tt := range []struct {
		data []byte
		want string
		is   error
	}{
		{nil, "not JSON", wire.ErrMalformed},
		{[]byte("null"), "null, not an object", wire.ErrMalformed},
		{[]byte("[]"), "an array", wire.ErrMalformed},
		{[]byte(strings.Repeat("[", 100)), "levels", wire.ErrTooDeep},
		{make([]byte, 2<<20), "bytes", wire.ErrTooLarge},
		{changed(t, map[string]string{"curve_publickey": `"x"`}), "CURVE", wire.ErrCurve},
		{changed(t, map[string]string{"curve_secretkey": `"x"`}), "CURVE", wire.ErrCurve},
		{changed(t, map[string]string{"signature_scheme": `"hmac-md5"`}), "hmac-md5", wire.ErrScheme},
		{changed(t, map[string]string{"transport": `"udp"`}), "udp", nil},
		{changed(t, map[string]string{"key": "7"}), `"key" must be a string`, nil},
		{changed(t, map[string]string{"key": "null"}), `"key" must be a string`, nil},
		{changed(t, map[string]string{"hb_port": ""}), `"hb_port"`, nil},
		{changed(t, map[string]string{"shell_port": `"50001"`}), `"shell_port"`, nil},
		{changed(t, map[string]string{"stdin_port": "0"}), `"stdin_port"`, nil},
		{changed(t, map[string]string{"iopub_port": "65536"}), "65536", nil},
		{changed(t, map[string]string{"iopub_port": "-1"}), "-1", nil},
		{changed(t, map[string]string{"iopub_port": "1.5"}), "1.5", nil},
		{changed(t, map[string]string{"iopub_port": "50001"}), "both port 50001", nil},
		{changed(t, map[string]string{"ip": `"a\u0000"`}), `"ip"`, nil},
	} {
		got, err := wire.ParseConnectionInfo(tt.data)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "connection file: ") {
			t.Errorf("%.60s: %v", tt.data, err)
			continue
		}
		if tt.is != nil && !errors.Is(err, tt.is) || got != (wire.ConnectionInfo{}) {
			t.Errorf("%.60s: %v, %+v", tt.data, err, got)
		}
	}
}

func FuzzConnectionInfo(f *testing.F) {
	f.Add([]byte(connectionFile))
	f.Add(changed(f, map[string]string{"transport": `"ipc"`}))
	f.Add(changed(f, map[string]string{"curve_publickey": `{}`, "key": "\"\xff\""}))
	for _, s := range []string{"", "{}", "[[[[", `{"shell_port":1e3}`, `{"ip":1,"ip":"x"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := wire.ParseConnectionInfo(data)
		if err != nil {
			if c != (wire.ConnectionInfo{}) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%+v %v", c, err)
			}
			return
		}
		for _, port := range []int{c.ShellPort, c.ControlPort, c.StdinPort, c.IOPubPort, c.HBPort} {
			if port < 1 || port > 65535 || !strings.HasPrefix(c.Endpoint(port), c.Transport+"://") {
				t.Errorf("port %d, endpoint %q", port, c.Endpoint(port))
			}
		}
		if c.SignatureScheme != wire.SchemeHMACSHA256 || c.IP == "" {
			t.Errorf("%+v", c)
		}
	})
}
