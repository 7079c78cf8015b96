package kernel

import (
	"path/filepath"
	"strconv"
)

// Environ is what a kernel reads from its surroundings.
type Environ struct {
	Getenv func(string) string
	GOOS   string
	Home   string // "" when there is none
}

// HistoryDir gives the directory that keeps the history of a user's sessions,
// "" where there is no home to keep it in: XDG_STATE_HOME or the system's own
// place for what a program remembers.
func (e Environ) HistoryDir() string {
	if d := e.Getenv("XDG_STATE_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "runnext", "history")
	}
	if d := e.Getenv("LOCALAPPDATA"); e.GOOS == "windows" && d != "" {
		return filepath.Join(d, "runnext", "history")
	}
	switch {
	case e.Home == "":
		return ""
	case e.GOOS == "darwin":
		return filepath.Join(e.Home, "Library", "Application Support", "runnext", "history")
	}
	return filepath.Join(e.Home, ".local", "state", "runnext", "history")
}

// CacheDir gives the directory for what can be made again, "" where there is no
// home to keep it in: XDG_CACHE_HOME or the system's own place.
func (e Environ) CacheDir() string {
	if d := e.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "runnext")
	}
	if d := e.Getenv("LOCALAPPDATA"); e.GOOS == "windows" && d != "" {
		return filepath.Join(d, "runnext", "cache")
	}
	switch {
	case e.Home == "":
		return ""
	case e.GOOS == "darwin":
		return filepath.Join(e.Home, "Library", "Caches", "runnext")
	}
	return filepath.Join(e.Home, ".cache", "runnext")
}

// BehindServer tells whether jupyter_server started this kernel: it alone sets
// the variable.
func (e Environ) BehindServer() bool { return e.Getenv("JPY_SESSION_NAME") != "" }

// Username is the name that stands in message headers.
func (e Environ) Username() string {
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if u := e.Getenv(name); u != "" {
			return u
		}
	}
	return "username"
}

// ParentAlive gives the check that the process which started the kernel is
// still there, nil when nothing says which one that is (jupyter_client
// launcher.py sets JPY_PARENT_PID).
func (e Environ) ParentAlive() func() bool {
	pid, err := strconv.Atoi(e.Getenv("JPY_PARENT_PID"))
	if err != nil || pid <= 1 {
		return nil
	}
	return parentAlive(pid)
}
