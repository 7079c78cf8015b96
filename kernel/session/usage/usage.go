// Package usage measures what a kernel and its children use of the machine,
// for usage_request, out of Linux's /proc. Elsewhere, and for what cannot be
// read, figures are left out. It sends nothing, which is
// runnext/kernel/session.
package usage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"runnext/kernel/wire"
)

// ticksPerSecond is USER_HZ, in which /proc counts processor time: 100 on
// every architecture Go runs on.
const ticksPerSecond = 100

// Meter reads the figures; shares of processor time are those since the
// reading before. Its methods may be called from any goroutine, and a nil
// Meter knows the process and the number of processors only.
type Meter struct {
	proc     fs.FS
	pid      int
	pageSize int64

	mu     sync.Mutex
	at     time.Time
	ticks  map[int]int64 // of each process, at
	busy   int64         // of the host, at
	total  int64
	filled bool
}

// NewMeter gives a meter for the process pid and its children. proc is what
// Linux mounts at /proc.
func NewMeter(proc fs.FS, pid int) *Meter {
	return &Meter{proc: proc, pid: pid, pageSize: int64(os.Getpagesize())}
}

// Read gives the figures as of now.
func (m *Meter) Read(now time.Time) wire.UsageReply {
	reply := wire.UsageReply{PID: os.Getpid(), CPUCount: runtime.NumCPU()}
	reply.Hostname, _ = os.Hostname() // a host without a name stays without
	if m == nil {
		return reply
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	reply.PID = m.pid

	ticks := make(map[int]int64)
	var used int64
	for _, p := range m.family() {
		ticks[p.pid] = p.ticks
		if before, ok := m.ticks[p.pid]; ok {
			used += p.ticks - before
		}
		reply.KernelMemory += m.memory(p)
	}
	if elapsed := now.Sub(m.at).Seconds(); m.filled && elapsed > 0 {
		reply.KernelCPU = 100 * float64(used) / ticksPerSecond / elapsed
	}
	busy, total := m.host()
	if m.filled && total > m.total {
		reply.HostCPUPercent = new(100 * float64(busy-m.busy) / float64(total-m.total))
	}
	m.at, m.ticks, m.busy, m.total, m.filled = now, ticks, busy, total, true
	reply.HostMemory = m.hostMemory()
	return reply
}

// process is what /proc/PID/stat says (proc_pid_stat(5)).
type process struct {
	pid, parent int
	ticks       int64 // user and system time
	pages       int64 // resident
}

// family gives the kernel's process and all that descend from it.
func (m *Meter) family() []process {
	entries, err := fs.ReadDir(m.proc, ".")
	if err != nil {
		return nil
	}
	children := make(map[int][]process)
	var family []process
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		p, ok := m.process(e.Name())
		switch {
		case !ok:
		case p.pid == m.pid:
			family = append(family, p)
		default:
			children[p.parent] = append(children[p.parent], p)
		}
	}
	for i := 0; i < len(family); i++ {
		of := family[i].pid
		family = append(family, children[of]...)
		delete(children, of)
	}
	return family
}

func (m *Meter) process(pid string) (process, bool) {
	text, err := fs.ReadFile(m.proc, pid+"/stat")
	if err != nil {
		return process{}, false // it has ended
	}
	// The name stands in parentheses and may hold anything, so what counts
	// begins behind the last one, with field 3.
	end := bytes.LastIndexByte(text, ')')
	fields := strings.Fields(string(text[end+1:]))
	if end < 0 || len(fields) < 22 {
		return process{}, false
	}
	number := func(field int) int64 {
		n, err := strconv.ParseInt(fields[field-3], 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	id, err := strconv.Atoi(pid)
	if err != nil {
		return process{}, false
	}
	return process{pid: id, parent: int(number(4)), ticks: number(14) + number(15), pages: number(24)}, true
}

// memory is the process's share of what it and others map, in bytes, or what
// is resident where the share cannot be read. The kernel and its worker run
// the same binary, so that adding up resident pages counts it twice.
func (m *Meter) memory(p process) int64 {
	if kb, ok := m.table(strconv.Itoa(p.pid) + "/smaps_rollup")["Pss"]; ok {
		return kb
	}
	return p.pages * m.pageSize
}

// host gives the ticks all processors were busy, and all ticks (proc_stat(5)).
func (m *Meter) host() (busy, total int64) {
	text, err := fs.ReadFile(m.proc, "stat")
	if err != nil {
		return 0, 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(first)
	if len(fields) < 6 || fields[0] != "cpu" {
		return 0, 0
	}
	// user nice system idle iowait irq softirq steal; guest time is in user.
	for i, f := range fields[1:min(len(fields), 9)] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, 0
		}
		total += n
		if i != 3 && i != 4 {
			busy += n
		}
	}
	return busy, total
}

// hostMemory gives psutil's names for what /proc/meminfo says, in bytes.
func (m *Meter) hostMemory() json.RawMessage {
	info := m.table("meminfo")
	total, available := info["MemTotal"], info["MemAvailable"]
	if total == 0 {
		return nil
	}
	figures := map[string]any{
		"total":     total,
		"available": available,
		"percent":   float64((total-available)*1000/total) / 10,
		"used":      total - available,
	}
	names := map[string]string{
		"free": "MemFree", "active": "Active", "inactive": "Inactive", "buffers": "Buffers",
		"cached": "Cached", "shared": "Shmem", "slab": "Slab",
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if v, ok := info[names[name]]; ok {
			figures[name] = v
		}
	}
	raw, err := json.Marshal(figures)
	if err != nil {
		return nil
	}
	return raw
}

// table reads lines of the form "Name:  123 kB" into bytes; a file that cannot
// be read is empty.
func (m *Meter) table(name string) map[string]int64 {
	text, err := fs.ReadFile(m.proc, name)
	if err != nil {
		return nil
	}
	values := make(map[string]int64)
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		key, rest, ok := strings.Cut(lines.Text(), ":")
		fields := strings.Fields(rest)
		if !ok || len(fields) != 2 || fields[1] != "kB" {
			continue
		}
		if n, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
			values[key] = n << 10
		}
	}
	return values
}
