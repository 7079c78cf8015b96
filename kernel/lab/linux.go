package lab

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// readLinux fills in what /proc and /sys tell. root is the file system; a file
// that is missing or odd leaves its field at 0.
func (c *Card) readLinux(root fs.FS) {
	c.Memory = memInfo(root, "MemTotal")
	c.Available = memInfo(root, "MemAvailable")
	c.ContainerMemory, c.ContainerCPUs = cgroups(root)
}

// memInfo reads a line like "MemTotal:  1234 kB".
func memInfo(root fs.FS, name string) uint64 {
	data, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		f := strings.Fields(line)
		if len(f) == 3 && f[0] == name+":" && f[2] == "kB" {
			n, err := strconv.ParseUint(f[1], 10, 54)
			if err != nil {
				return 0
			}
			return n * 1024
		}
	}
	return 0
}

// groups is where the control groups of one controller are mounted.
const groups = "sys/fs/cgroup"

// cgroups gives the tightest limits on the way from the process's control
// groups up to their root, and 0 where no controller tells. Both versions may
// be in use at once, each controller in one of them.
//
// Linux, Documentation/admin-guide/cgroup-v2.rst: memory.max, cpu.max;
// cgroup-v1/memory.rst: memory.limit_in_bytes; scheduler/sched-bwc.rst:
// cpu.cfs_quota_us and cpu.cfs_period_us.
func cgroups(root fs.FS) (memory uint64, cpus float64) {
	data, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, 0
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		f := strings.SplitN(line, ":", 3)
		if len(f) != 3 {
			continue
		}
		controllers := strings.Split(f[1], ",")
		if f[0] == "0" && f[1] == "" {
			upward(root, groups, f[2], func(at string) {
				memory = tighter(memory, number(root, at+"/memory.max"))
				quota, period := pair(root, at+"/cpu.max")
				cpus = slower(cpus, quota, period)
			})
			continue
		}
		if slices.Contains(controllers, "memory") {
			upward(root, path.Join(groups, f[1]), f[2], func(at string) {
				memory = tighter(memory, number(root, at+"/memory.limit_in_bytes"))
			})
		}
		if slices.Contains(controllers, "cpu") {
			upward(root, path.Join(groups, f[1]), f[2], func(at string) {
				quota, _ := pair(root, at+"/cpu.cfs_quota_us")
				period, _ := pair(root, at+"/cpu.cfs_period_us")
				cpus = slower(cpus, quota, period)
			})
		}
	}
	return memory, cpus
}

// upward visits a group and all above it. In a container the group may have a
// path with .. in it, or one that is mounted somewhere else: what is not there
// is passed by.
func upward(root fs.FS, mount, group string, visit func(dir string)) {
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		if at := path.Join(mount, dir); exists(root, at) {
			visit(at)
		}
		if dir == "/" {
			return
		}
	}
}

func exists(root fs.FS, name string) bool {
	_, err := fs.Stat(root, name)
	return err == nil
}

// number reads a file with one number or the word max in it; 0 is for a file
// that is not there.
func number(root fs.FS, name string) uint64 {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	text := strings.TrimSpace(string(data))
	n, err := strconv.ParseUint(text, 10, 64)
	// Version 1 writes the largest multiple of a page for no limit.
	if text == "max" || err == nil && n >= 1<<62 {
		return NoLimit
	}
	return n
}

// pair reads a file with one or two numbers in it; the word max, and -1 in
// version 1, are no limit.
func pair(root fs.FS, name string) (first, second float64) {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, 0
	}
	if rest, ok := strings.CutPrefix(string(data), "max"); ok {
		_, _ = fmt.Sscan(rest, &second) // 0 says that it is not there
		return math.Inf(1), second
	}
	_, _ = fmt.Sscan(string(data), &first, &second)
	if first < 0 {
		first = math.Inf(1)
	}
	return first, second
}

// tighter and slower give the lower of two limits, of which 0 says nothing.
func tighter(a, b uint64) uint64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func slower(limit, quota, period float64) float64 {
	if quota <= 0 || period <= 0 {
		return limit
	}
	if cpus := quota / period; limit == 0 || cpus < limit {
		return cpus
	}
	return limit
}
