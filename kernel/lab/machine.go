package lab

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"

	"runnext/kernel/display"
)

// Card says on what kind of machine a cell runs. Measured numbers mean little
// without it. A size or limit that the system does not tell is 0; one that
// does not exist is [NoLimit].
type Card struct {
	OS, Arch   string // linux, amd64
	GoVersion  string // go1.26.8
	Cores      int    // that the process may use
	GOMAXPROCS int    // processors (P) of the scheduler

	Memory    uint64 // of the machine, in bytes
	Available uint64 // of it, not in use, in bytes

	ThreadStack uint64 // ulimit -s, in bytes: what an OS thread's stack may grow to

	ContainerMemory uint64  // in bytes
	ContainerCPUs   float64 // CPU time per time: 1.5 is one core and a half
}

// NoLimit stands for a limit that does not exist, in ThreadStack and
// ContainerMemory.
const NoLimit uint64 = math.MaxUint64

// release gives Go's version without the experiments this program was built with.
func release() string {
	v, _, _ := strings.Cut(runtime.Version(), "-X:")
	return v
}

// Machine gives the card of the machine the calling cell runs on. Show it with
// lab.Show(lab.Machine()).
func Machine() Card {
	c := Card{
		OS: runtime.GOOS, Arch: runtime.GOARCH, GoVersion: release(),
		Cores: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		ThreadStack: threadStack(),
	}
	if runtime.GOOS == "linux" {
		c.readLinux(os.DirFS("/"))
	}
	return c
}

// MIMEBundle shows the card as a table.
func (c Card) MIMEBundle() map[string]any { return c.table().Bundle().Data }

// String gives the table as text.
func (c Card) String() string { return c.table().String() }

func (c Card) table() display.Table {
	t := display.Table{Headers: []string{"this machine", ""}}
	row := func(name, value string) { t.Rows = append(t.Rows, []string{name, value}) }
	row("Go", fmt.Sprintf("%s, %s/%s", c.GoVersion, c.OS, c.Arch))
	row("CPU cores", strconv.Itoa(c.Cores))
	row("processors (P), GOMAXPROCS", strconv.Itoa(c.GOMAXPROCS))
	row("memory", size(c.Memory))
	row("memory not in use", size(c.Available))
	row("stack of an OS thread, at most", size(c.ThreadStack))
	row("memory limit of the container", size(c.ContainerMemory))
	switch {
	case c.ContainerCPUs == 0:
		row("CPU limit of the container", "not known")
	case math.IsInf(c.ContainerCPUs, 1):
		row("CPU limit of the container", "none")
	default:
		row("CPU limit of the container", strconv.FormatFloat(c.ContainerCPUs, 'g', 3, 64)+" cores")
	}
	return t
}

// size writes bytes in the binary unit that leaves 1 to 4 digits.
func size(n uint64) string {
	switch n {
	case 0:
		return "not known"
	case NoLimit:
		return "no limit"
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	f, u := float64(n), 0
	for f >= 1024 && u < len(units)-1 {
		f /= 1024
		u++
	}
	digits := 0
	if f < 10 && f != math.Trunc(f) {
		digits = 1
	}
	return strconv.FormatFloat(f, 'f', digits, 64) + " " + units[u]
}
