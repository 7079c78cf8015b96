package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Level is how grave a finding is. Only Fail keeps the kernel from working.
type Level string

const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "fail"
)

// Finding is one line of doctor: what was looked at, what was seen, and, when
// it is not right, what to do.
type Finding struct {
	Level Level
	Name  string
	Text  string
	Try   string
}

// Doctor looks at everything between the binary and a notebook that runs it.
type Doctor struct {
	Host    Host
	Binary  string // the program that asks
	Version string
	Lessons fs.FS
	// Probe starts the kernel of a spec, runs one cell in it over the wire,
	// and tells in a few words what came back.
	Probe func(ctx context.Context, s Spec) (string, error)
}

// Examine runs every check in order and hands each finding to report as it is
// made. It changes nothing on the machine but for a file that it writes into
// the data directory and removes again.
func (d Doctor) Examine(ctx context.Context, report func(Finding)) {
	report(d.binary())
	report(d.writable(ctx))
	jupyter := d.jupyter(ctx)
	report(jupyter)
	spec, found := d.kernelspec(ctx, jupyter.Level == OK)
	report(found)
	report(d.lessons())
	report(d.toolchain(ctx))
	if spec == nil {
		s := NewSpec(d.Binary)
		spec = &s
	}
	report(d.probe(ctx, *spec))
}

// Print writes findings as lines, and tells whether one of them failed.
func (d Doctor) Print(ctx context.Context, w io.Writer) (healthy bool, err error) {
	healthy = true
	d.Examine(ctx, func(f Finding) {
		if f.Level == Fail {
			healthy = false
		}
		line := fmt.Sprintf("%-4s  %-11s %s\n", f.Level, f.Name, f.Text)
		if f.Try != "" {
			line += fmt.Sprintf("%-18s try: %s\n", "", f.Try)
		}
		if _, e := io.WriteString(w, line); err == nil {
			err = e
		}
	})
	return healthy, err
}

func (d Doctor) binary() Finding {
	f := Finding{Level: OK, Name: "binary", Text: d.Binary + ", " + d.Version}
	info, err := os.Stat(d.Binary)
	switch {
	case err != nil:
		f.Level, f.Text, f.Try = Fail, plainText(d.Binary, err), "build it again: make build"
	case d.Host.OS != "windows" && info.Mode()&0o111 == 0:
		f.Level, f.Text, f.Try = Fail, d.Binary+" may not be executed", "chmod +x "+d.Binary
	}
	return f
}

func (d Doctor) writable(ctx context.Context) Finding {
	f := Finding{Level: OK, Name: "permission"}
	dir, err := d.Host.DataDir(ctx, User, "")
	if err != nil {
		f.Level, f.Text, f.Try = Fail, err.Error(), "runnext install --prefix DIR"
		return f
	}
	f.Text = dir + " can be written"
	near := dir // the nearest folder that exists decides whether install may make the rest
	for {
		if _, err := os.Stat(near); err == nil || filepath.Dir(near) == near {
			break
		}
		near = filepath.Dir(near)
	}
	t, err := d.Host.Create(near, ".runnext-*")
	if err == nil {
		err = errors.Join(t.Close(), os.Remove(t.Name()))
	}
	if err != nil {
		f.Level, f.Text = Warn, plainText(near, err)
		f.Try = "runnext install --prefix DIR with a folder of yours, or --sys-prefix inside a virtual environment"
	}
	return f
}

func (d Doctor) jupyter(ctx context.Context) Finding {
	f := Finding{Level: Fail, Name: "jupyterlab", Try: "pip install 'jupyterlab>=4.6', or make lab, which has its own"}
	path, err := d.Host.LookPath("jupyter")
	if err != nil {
		f.Text = "jupyter is not on PATH"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := d.Host.Output(ctx, path, "lab", "--version")
	if err != nil {
		f.Text = err.Error()
		return f
	}
	version := strings.TrimSpace(out)
	f.Text = version + ", " + path
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err1 := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	switch {
	case err1 != nil || err2 != nil:
		f.Level, f.Text = Warn, fmt.Sprintf("%s lab --version says %q", path, version)
	case a < 4:
		f.Level = Warn
	default:
		f.Level, f.Try = OK, ""
		if b < 6 && a == 4 {
			f.Text += "; subshell consoles need 4.6"
		}
	}
	return f
}

// kernelspec asks Jupyter itself, because only its own search path counts.
func (d Doctor) kernelspec(ctx context.Context, haveJupyter bool) (*Spec, Finding) {
	f := Finding{Level: Fail, Name: "kernelspec", Try: "runnext install"}
	if !haveJupyter {
		f.Level, f.Text, f.Try = Warn, "not looked for without jupyter", ""
		return nil, f
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	path, err := d.Host.LookPath("jupyter")
	if err != nil {
		f.Text = err.Error()
		return nil, f
	}
	out, err := d.Host.Output(ctx, path, "kernelspec", "list", "--json")
	if err != nil {
		f.Text = err.Error()
		return nil, f
	}
	var list struct {
		Kernelspecs map[string]struct {
			Dir  string `json:"resource_dir"`
			Spec Spec   `json:"spec"`
		} `json:"kernelspecs"`
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		f.Text = fmt.Sprintf("jupyter kernelspec list --json: %v", err)
		return nil, f
	}
	ours, ok := list.Kernelspecs[KernelName]
	if !ok {
		f.Text = "jupyter does not list " + KernelName
		return nil, f
	}
	if len(ours.Spec.Argv) == 0 {
		f.Text = ours.Dir + " has no argv"
		return nil, f
	}
	target := ours.Spec.Argv[0]
	want := NewSpec(target)
	switch _, err := os.Stat(target); {
	case err != nil:
		f.Text = fmt.Sprintf("%s names a program that is not there: %s", ours.Dir, plainText(target, err))
		return nil, f
	case !slices.Equal(ours.Spec.Argv, want.Argv) || ours.Spec.InterruptMode != want.InterruptMode:
		f.Level, f.Text = Warn, ours.Dir+" was written by another version"
	case !same(target, d.Binary):
		f.Level, f.Text = Warn, ours.Dir+" holds another build than this one"
	default:
		f.Level, f.Text, f.Try = OK, ours.Dir, ""
	}
	return &ours.Spec, f
}

func (d Doctor) lessons() Finding {
	f := Finding{Level: OK, Name: "lessons"}
	if d.Lessons == nil {
		f.Level, f.Text = Warn, "this program carries none"
		return f
	}
	all, err := Lessons(d.Lessons)
	if err != nil {
		f.Level, f.Text = Fail, err.Error()
		return f
	}
	f.Text = fmt.Sprintf("notebooks carried: %d", len(all))
	if dir, err := FindLessonsDir("."); err == nil {
		f.Text += ", copies in " + dir
	} else {
		f.Text += "; runnext install --lessons DIR copies them"
	}
	return f
}

func (d Doctor) toolchain(ctx context.Context) Finding {
	f := Finding{Level: OK, Name: "go", Text: "no toolchain; only %%native cells need one"}
	path, err := d.Host.LookPath("go")
	if err != nil {
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := d.Host.Output(ctx, path, "env", "GOVERSION")
	if err != nil {
		f.Level, f.Text, f.Try = Warn, err.Error(), "only %%native cells need the toolchain"
		return f
	}
	f.Text = strings.TrimSpace(out) + ", " + path + ", for %%native cells"
	return f
}

func (d Doctor) probe(ctx context.Context, s Spec) Finding {
	f := Finding{Level: OK, Name: "kernel"}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	text, err := d.Probe(ctx, s)
	f.Text = text
	if err != nil {
		f.Level, f.Text = Fail, err.Error()
		f.Try = s.Argv[0] + " kernel -f FILE says more on standard error"
	}
	return f
}

func plainText(path string, err error) string {
	return fmt.Sprintf("%s: %v", path, plain(err))
}
