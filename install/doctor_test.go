package install

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestDoctor(t *testing.T) {
	c, dir := setup(t)
	c.LessonsDir = ""
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	list := func(s Spec) string {
		out, err := json.Marshal(map[string]any{"kernelspecs": map[string]any{
			"python3": map[string]any{"resource_dir": "/p", "spec": map[string]any{"argv": []string{"python"}}},
			"runnext": map[string]any{"resource_dir": dir, "spec": s},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	good := NewSpec(filepath.Join(dir, "runnext"))
	foreign := good
	foreign.InterruptMode = "signal"
	all := func(change map[string]string) map[string]string {
		p := map[string]string{
			"jupyter": "", "jupyter lab --version": "4.6.6\n", "jupyter kernelspec list --json": list(good),
			"go": "", "go env GOVERSION": "go1.26.8\n",
		}
		for k, v := range change {
			if v == "-" {
				delete(p, k)
			} else {
				p[k] = v
			}
		}
		return p
	}
	tests := []struct {
		name     string
		programs map[string]string
		binary   string
		probe    error
		want     []string // parts of lines, each of which must be there
		healthy  bool
	}{
		{name: "everything", programs: all(nil), healthy: true, want: []string{
			"ok    binary", "ok    permission", "ok    jupyterlab  4.6.6", "ok    kernelspec  " + dir,
			"ok    lessons     notebooks carried: 1", "ok    go          go1.26.8", "ok    kernel      1 + 1 = 2"}},
		{name: "no toolchain", programs: all(map[string]string{"go": "-"}), healthy: true,
			want: []string{"ok    go          no toolchain; only %%native"}},
		{name: "broken toolchain", programs: all(map[string]string{"go env GOVERSION": "error: exit status 2"}), healthy: true,
			want: []string{"warn  go          exit status 2"}},
		{name: "no jupyter", programs: all(map[string]string{"jupyter": "-"}),
			want: []string{"fail  jupyterlab  jupyter is not on PATH", "try: pip install", "warn  kernelspec  not looked for"}},
		{name: "old lab", programs: all(map[string]string{"jupyter lab --version": "3.6.1\n"}), healthy: true,
			want: []string{"warn  jupyterlab  3.6.1"}},
		{name: "lab without subshells", programs: all(map[string]string{"jupyter lab --version": "4.2.0\n"}), healthy: true,
			want: []string{"ok    jupyterlab  4.2.0", "subshell consoles need 4.6"}},
		{name: "lab missing", programs: all(map[string]string{"jupyter lab --version": "error: Jupyter command `jupyter-lab` not found."}),
			want: []string{"fail  jupyterlab  Jupyter command `jupyter-lab` not found."}},
		{name: "odd version", programs: all(map[string]string{"jupyter lab --version": "four"}), healthy: true,
			want: []string{`warn  jupyterlab  /fake/jupyter lab --version says "four"`}},
		{name: "not installed", programs: all(map[string]string{"jupyter kernelspec list --json": "{}"}),
			want: []string{"fail  kernelspec  jupyter does not list runnext", "try: runnext install"}},
		{name: "dangling", programs: all(map[string]string{"jupyter kernelspec list --json": list(NewSpec("/nowhere/runnext"))}),
			want: []string{"names a program that is not there: /nowhere/runnext"}},
		{name: "no argv", programs: all(map[string]string{"jupyter kernelspec list --json": list(Spec{})}),
			want: []string{"has no argv"}},
		{name: "other version", programs: all(map[string]string{"jupyter kernelspec list --json": list(foreign)}), healthy: true,
			want: []string{"warn  kernelspec  " + dir + " was written by another version"}},
		{name: "no json", programs: all(map[string]string{"jupyter kernelspec list --json": "oops"}),
			want: []string{"fail  kernelspec  jupyter kernelspec list --json:"}},
		{name: "binary gone", programs: all(nil), binary: "/nowhere/built",
			want: []string{"fail  binary      /nowhere/built: no such file or directory"}},
		{name: "kernel mute", programs: all(nil), probe: errors.New("no reply within 30s"),
			want: []string{"fail  kernel      no reply within 30s", "try: " + filepath.Join(dir, "runnext") + " kernel -f"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			binary := c.Binary
			if tt.binary != "" {
				binary = tt.binary
			}
			d := Doctor{
				Host: fakeHost("linux", t.TempDir(), nil, tt.programs), Binary: binary, Version: "test",
				Lessons: fstest.MapFS{"en/01.ipynb": {}},
				Probe: func(context.Context, Spec) (string, error) {
					return "1 + 1 = 2", tt.probe
				},
			}
			var out strings.Builder
			healthy, err := d.Print(t.Context(), &out)
			if err != nil {
				t.Fatal(err)
			}
			if healthy != tt.healthy {
				t.Errorf("healthy is %v", healthy)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
		})
	}
}

func TestDoctorProbesTheInstalledSpec(t *testing.T) {
	c, dir := setup(t)
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var probed []string
	d := Doctor{
		Host: fakeHost("linux", t.TempDir(), nil, nil), Binary: c.Binary,
		Probe: func(_ context.Context, s Spec) (string, error) {
			probed = s.Argv
			return "", nil
		},
	}
	d.Examine(t.Context(), func(Finding) {})
	if want := NewSpec(c.Binary).Argv; !slices.Equal(probed, want) {
		t.Errorf("without jupyter: probed %v, want %v (installed in %s)", probed, want, dir)
	}
}
