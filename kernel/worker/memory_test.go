package worker

import (
	"testing"
	"testing/fstest"
)

func TestMemoryOf(t *testing.T) {
	const meminfo = "MemTotal:       16384 kB\nMemFree: 1 kB\n" // 16 MB
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	tests := []struct {
		name string
		root fstest.MapFS
		want int64
	}{
		{"nothing to read", fstest.MapFS{}, 0},
		{"machine", fstest.MapFS{"proc/meminfo": file(meminfo)}, 16 << 20},
		{"v2 at the mount", fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("4194304\n"),
		}, 4 << 20},
		{"v2 in a parent", fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max": file("max\n"), "sys/fs/cgroup/a/memory.max": file("2097152\n"),
		}, 2 << 20},
		{"v1 without a limit", fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("5:cpu:/\n4:memory:/x\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n"),
		}, 16 << 20},
		{"v1 in a container, whose path leads nowhere", fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("4:memory:/docker/abc\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("1048576\n"),
		}, 1 << 20},
		{"nonsense", fstest.MapFS{
			"proc/meminfo": file("MemTotal: many kB\n"), "proc/self/cgroup": file("0::\n:::\nx\n"), "sys/fs/cgroup/memory.max": file("-3"),
		}, 0},
	}
	for _, tt := range tests {
		if got := memoryOf(tt.root); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestResidentOf(t *testing.T) {
	tests := []struct {
		text string
		want int64
		ok   bool
	}{
		{"1000 300 100 5 0 20 0\n", 200 * 4096, true},
		{"", 0, false},
		{"1 2", 0, false},
		{"1 x 3", 0, false},
		{"1 2 3", 0, false},
		{"9 9223372036854775807 1", 0, false},
	}
	for _, tt := range tests {
		if n, ok := residentOf([]byte(tt.text), 4096); n != tt.want || ok != tt.ok {
			t.Errorf("%q: %d %t", tt.text, n, ok)
		}
	}
}
