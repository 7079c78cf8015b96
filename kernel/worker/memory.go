package worker

import (
	"bytes"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// memoryOf returns how many bytes of memory a process may count on, as the
// files below root say: the machine's, or less in a container. 0 is unknown.
// It reads cgroup v2's memory.max and v1's memory.limit_in_bytes from the
// process's group upwards (Linux Documentation/admin-guide/cgroup-v2.rst).
func memoryOf(root fs.FS) int64 {
	total := int64(0)
	if text, err := fs.ReadFile(root, "proc/meminfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
				if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil && kb > 0 && kb < 1<<50 {
					total = kb << 10
				}
			}
		}
	}
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return total
	}
	for line := range strings.Lines(string(groups)) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(rest, ":")
		if !ok {
			continue
		}
		switch {
		case id == "0" && controllers == "":
			total = lowest(root, "sys/fs/cgroup", group, "memory.max", total)
		case strings.Contains(","+controllers+",", ",memory,"):
			total = lowest(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes", total)
		}
	}
	return total
}

// lowest returns the least of total and the limits from group up to its mount.
// In a container the mount is often the group itself, and the path leads to
// nothing; the way up then ends at the limit that counts.
func lowest(root fs.FS, mount, group, name string, total int64) int64 {
	for g := path.Clean("/" + group); ; g = path.Dir(g) {
		text, err := fs.ReadFile(root, path.Join(mount, g, name))
		if err == nil {
			n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
			if err == nil && n > 0 && (total == 0 || n < total) {
				total = n
			}
		}
		if g == "/" {
			return total
		}
	}
}

// residentOf returns a process's resident memory in bytes without what it
// shares with others (its own text, the ring); text is /proc/PID/statm.
func residentOf(text []byte, pageSize int) (int64, bool) {
	f := bytes.Fields(text)
	if len(f) < 3 {
		return 0, false
	}
	resident, err := strconv.ParseInt(string(f[1]), 10, 64)
	if err != nil {
		return 0, false
	}
	shared, err := strconv.ParseInt(string(f[2]), 10, 64)
	if err != nil || shared > resident || resident > 1<<50 {
		return 0, false
	}
	return (resident - shared) * int64(pageSize), true
}
