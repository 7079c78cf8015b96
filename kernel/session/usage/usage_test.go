package usage

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"testing"
	"testing/fstest"
	"time"
)

// stat is a line of /proc/PID/stat.
func stat(pid int, name string, parent int, user, system, pages int64) *fstest.MapFile {
	line := fmt.Sprintf("%d (%s) S %d 1 1 0 -1 0 0 0 0 0 %d %d 0 0 20 0 1 0 5 1000 %d 0 0\n",
		pid, name, parent, user, system, pages)
	return &fstest.MapFile{Data: []byte(line)}
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestMeter(t *testing.T) {
	proc := fstest.MapFS{
		"10/stat":         stat(10, "runnext", 1, 100, 50, 10),
		"10/smaps_rollup": text("00-ff ---p 0 00:00 0 [rollup]\nRss: 40 kB\nPss:                  30 kB\n"),
		"11/stat":         stat(11, "odd ) (name", 10, 0, 0, 7),
		"12/stat":         stat(12, "grandchild", 11, 0, 0, 3),
		"99/stat":         stat(99, "stranger", 1, 999, 999, 999),
		"98/stat":         text("98 (cut"),
		"stat":            text("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2\n"),
		"meminfo":         text("MemTotal:       1000 kB\nMemFree: 200 kB\nMemAvailable:    750 kB\nHugePages_Total: 0\n"),
		"version":         text("Linux"),
	}
	m := NewMeter(proc, 10)
	m.pageSize = 4096
	start := time.Unix(1e9, 0)

	first := m.Read(start)
	if first.PID != 10 || first.KernelCPU != 0 || first.HostCPUPercent != nil {
		t.Errorf("first reading = %+v", first)
	}
	if want := int64(30<<10 + (7+3)*4096); first.KernelMemory != want {
		t.Errorf("memory = %d, want %d", first.KernelMemory, want)
	}
	var memory map[string]float64
	if err := json.Unmarshal(first.HostMemory, &memory); err != nil {
		t.Fatal(err)
	}
	if memory["total"] != 1000<<10 || memory["percent"] != 25 || memory["free"] != 200<<10 {
		t.Errorf("host memory = %v", memory)
	}

	proc["10/stat"] = stat(10, "runnext", 1, 140, 60, 10) // 50 ticks in 2 s
	proc["13/stat"] = stat(13, "new", 10, 1000, 0, 0)     // not there before
	proc["stat"] = text("cpu  150 0 150 1100 0 0 0 0 0 0\n")
	second := m.Read(start.Add(2 * time.Second))
	if second.KernelCPU != 25 {
		t.Errorf("kernel cpu = %v, want 25", second.KernelCPU)
	}
	if p := second.HostCPUPercent; p == nil || *p != 25 {
		t.Errorf("host cpu = %v, want 25", p)
	}
}

func TestMeterWithoutProc(t *testing.T) {
	for _, m := range []*Meter{nil, NewMeter(fstest.MapFS{}, 10)} {
		r := m.Read(time.Unix(1e9, 0))
		if r.CPUCount != runtime.NumCPU() || r.KernelMemory != 0 || r.HostMemory != nil {
			t.Errorf("reading = %+v", r)
		}
	}
}

func TestMeterOfThisMachine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /proc")
	}
	r := NewMeter(os.DirFS("/proc"), os.Getpid()).Read(time.Unix(1e9, 0))
	if r.KernelMemory < 1<<20 || r.HostMemory == nil {
		t.Errorf("reading = %+v", r)
	}
}
