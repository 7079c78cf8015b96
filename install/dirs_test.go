package install

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// fakeHost is a machine with these environment variables and programs.
func fakeHost(goos, home string, env map[string]string, programs map[string]string) Host {
	h := ThisHost()
	h.OS, h.Home = goos, home
	h.Getenv = func(name string) string { return env[name] }
	h.LookPath = func(name string) (string, error) {
		if _, ok := programs[name]; ok {
			return "/fake/" + name, nil
		}
		return "", exec.ErrNotFound
	}
	h.Output = func(_ context.Context, name string, args ...string) (string, error) {
		key := filepath.Base(name)
		for _, k := range []string{key + " " + strings.Join(args, " "), key} {
			if out, ok := programs[k]; ok {
				if msg, bad := strings.CutPrefix(out, "error: "); bad {
					return "", errors.New(msg)
				}
				return out, nil
			}
		}
		return "", exec.ErrNotFound
	}
	return h
}

func TestDataDir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the table holds slash paths")
	}
	type env = map[string]string
	tests := []struct {
		name     string
		os       string
		home     string
		env      env
		programs env
		where    Where
		prefix   string
		want     string // an error when it starts with "error: "
	}{
		{name: "linux", os: "linux", home: "/h", want: "/h/.local/share/jupyter"},
		{name: "freebsd", os: "freebsd", home: "/h", want: "/h/.local/share/jupyter"},
		{name: "xdg", os: "linux", home: "/h", env: env{"XDG_DATA_HOME": "/x"}, want: "/x/jupyter"},
		{name: "xdg without home", os: "linux", env: env{"XDG_DATA_HOME": "/x"}, want: "/x/jupyter"},
		{name: "jupyter's own variable first", os: "linux", home: "/h",
			env: env{"XDG_DATA_HOME": "/x", "JUPYTER_DATA_DIR": "/j"}, want: "/j"},
		{name: "linux platformdirs", os: "linux", home: "/h",
			env: env{"JUPYTER_PLATFORM_DIRS": "1"}, want: "/h/.local/share/Jupyter"},
		{name: "platformdirs off", os: "linux", home: "/h",
			env: env{"JUPYTER_PLATFORM_DIRS": "0"}, want: "/h/.local/share/jupyter"},
		{name: "macos", os: "darwin", home: "/Users/a", want: "/Users/a/Library/Jupyter"},
		{name: "macos has no xdg", os: "darwin", home: "/Users/a",
			env: env{"XDG_DATA_HOME": "/x"}, want: "/Users/a/Library/Jupyter"},
		{name: "macos platformdirs", os: "darwin", home: "/Users/a",
			env: env{"JUPYTER_PLATFORM_DIRS": "true"}, want: "/Users/a/Library/Application Support/Jupyter"},
		{name: "windows", os: "windows", home: "/u", env: env{"APPDATA": "/u/AppData/Roaming"},
			want: "/u/AppData/Roaming/jupyter"},
		{name: "windows platformdirs", os: "windows", home: "/u",
			env:  env{"APPDATA": "/r", "LOCALAPPDATA": "/l", "JUPYTER_PLATFORM_DIRS": "1"},
			want: "/l/Jupyter"},
		{name: "windows without APPDATA", os: "windows", home: "/u", want: "/u/.jupyter/data"},
		{name: "no home", os: "linux", want: "error: no home directory"},
		{name: "venv", os: "linux", home: "/h", where: SysPrefix,
			env: env{"VIRTUAL_ENV": "/v", "CONDA_PREFIX": "/c"}, want: "/v/share/jupyter"},
		{name: "conda", os: "linux", home: "/h", where: SysPrefix,
			env: env{"CONDA_PREFIX": "/c"}, want: "/c/share/jupyter"},
		{name: "python3", os: "linux", home: "/h", where: SysPrefix,
			programs: env{"python3": "/usr\n"}, want: "/usr/share/jupyter"},
		{name: "python", os: "windows", home: "/h", where: SysPrefix,
			programs: env{"python": "/py\r\n"}, want: "/py/share/jupyter"},
		{name: "python3 gives nonsense", os: "linux", home: "/h", where: SysPrefix,
			programs: env{"python3": "oops"}, want: "error: sys-prefix: /fake/python3 gives \"oops\""},
		{name: "python3 breaks", os: "linux", home: "/h", where: SysPrefix,
			programs: env{"python3": "error: exit status 1"}, want: "error: sys-prefix: exit status 1"},
		{name: "no python", os: "linux", home: "/h", where: SysPrefix,
			want: "error: sys-prefix: neither VIRTUAL_ENV"},
		{name: "prefix", os: "linux", home: "/h", where: Prefix, prefix: "/opt/j",
			want: "/opt/j/share/jupyter"},
		{name: "empty prefix", os: "linux", home: "/h", where: Prefix, want: "error: prefix: a directory is needed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := fakeHost(tt.os, tt.home, tt.env, tt.programs)
			got, err := h.DataDir(t.Context(), tt.where, tt.prefix)
			if msg, bad := strings.CutPrefix(tt.want, "error: "); bad {
				if err == nil || !strings.HasPrefix(err.Error(), msg) {
					t.Fatalf("got %q, %v; want the error %q", got, err, msg)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}
