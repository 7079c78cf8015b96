package install

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Where says into which of Jupyter's data directories the kernel goes.
type Where int

// The zero value is the user's own directory, as pip and jupyter choose when
// nothing is said.
const (
	User Where = iota
	SysPrefix
	Prefix
)

// DataDir gives the Jupyter data directory of a place; prefix is read for
// [Prefix] alone. It runs python3 when SysPrefix is asked for outside a
// virtual or conda environment, and nothing else.
func (h Host) DataDir(ctx context.Context, w Where, prefix string) (string, error) {
	switch w {
	case SysPrefix:
		p, err := h.sysPrefix(ctx)
		if err != nil {
			return "", err
		}
		return filepath.Join(p, "share", "jupyter"), nil
	case Prefix:
		if prefix == "" {
			return "", errors.New("prefix: a directory is needed")
		}
		p, err := filepath.Abs(prefix)
		if err != nil {
			return "", fmt.Errorf("prefix %s: %w", prefix, err)
		}
		return filepath.Join(p, "share", "jupyter"), nil
	}
	return h.userDataDir()
}

// userDataDir follows jupyter_core 5.9 paths.py, jupyter_data_dir.
func (h Host) userDataDir() (string, error) {
	if d := h.Getenv("JUPYTER_DATA_DIR"); d != "" {
		return filepath.Abs(d)
	}
	if h.OS == "windows" {
		if d := h.Getenv("APPDATA"); d != "" {
			if h.platformDirs() && h.Getenv("LOCALAPPDATA") != "" {
				return filepath.Join(h.Getenv("LOCALAPPDATA"), "Jupyter"), nil
			}
			return filepath.Join(d, "jupyter"), nil
		}
	}
	if d := h.Getenv("XDG_DATA_HOME"); d != "" && h.OS != "darwin" && h.OS != "windows" {
		return filepath.Join(d, h.appName()), nil
	}
	if h.Home == "" {
		return "", errors.New("no home directory: set HOME, or name a place with --prefix DIR")
	}
	switch {
	case h.OS == "windows":
		return filepath.Join(h.Home, ".jupyter", "data"), nil
	case h.OS == "darwin" && h.platformDirs():
		return filepath.Join(h.Home, "Library", "Application Support", "Jupyter"), nil
	case h.OS == "darwin":
		return filepath.Join(h.Home, "Library", "Jupyter"), nil
	}
	return filepath.Join(h.Home, ".local", "share", h.appName()), nil
}

// platformDirs tells whether jupyter_core was asked for the platformdirs
// layout, which capitalises the directory's name.
func (h Host) platformDirs() bool {
	switch strings.ToLower(h.Getenv("JUPYTER_PLATFORM_DIRS")) {
	case "", "0", "false", "n", "no", "off":
		return false
	}
	return true
}

func (h Host) appName() string {
	if h.platformDirs() {
		return "Jupyter"
	}
	return "jupyter"
}

func (h Host) sysPrefix(ctx context.Context) (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if d := h.Getenv(name); d != "" {
			return filepath.Abs(d)
		}
	}
	for _, python := range []string{"python3", "python"} {
		path, err := h.LookPath(python)
		if err != nil {
			continue
		}
		out, err := h.Output(ctx, path, "-c", "import sys; print(sys.prefix)")
		if err != nil {
			return "", fmt.Errorf("sys-prefix: %w", err)
		}
		if p := strings.TrimSpace(out); filepath.IsAbs(p) {
			return p, nil
		}
		return "", fmt.Errorf("sys-prefix: %s gives %q, not a directory", path, strings.TrimSpace(out))
	}
	return "", errors.New("sys-prefix: neither VIRTUAL_ENV nor CONDA_PREFIX is set, and python3 is not on PATH")
}
