package lab

import (
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadLinux(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	const memory = "MemTotal:       24689764 kB\nMemFree: 12 kB\nMemAvailable:    1024 kB\n"
	for _, test := range []struct {
		name string
		root fstest.MapFS
		want Card
	}{
		{"nothing", fstest.MapFS{}, Card{}},
		{"memory", fstest.MapFS{"proc/meminfo": file(memory)}, Card{Memory: 24689764 * 1024, Available: 1 << 20}},
		{"odd memory", fstest.MapFS{"proc/meminfo": file("MemTotal: x kB\nMemAvailable: 99999999999999999999 kB")}, Card{}},
		{"version 2, the tightest on the way up", fstest.MapFS{
			"proc/self/cgroup":             file("0::/a/b\n"),
			"sys/fs/cgroup/a/memory.max":   file("4096\n"),
			"sys/fs/cgroup/a/b/memory.max": file("max\n"),
			"sys/fs/cgroup/a/cpu.max":      file("max 100000\n"),
			"sys/fs/cgroup/a/b/cpu.max":    file("150000 100000\n"),
		}, Card{ContainerMemory: 4096, ContainerCPUs: 1.5}},
		{"version 2 without limits", fstest.MapFS{
			"proc/self/cgroup":           file("0::/a\n"),
			"sys/fs/cgroup/a/memory.max": file("max\n"),
			"sys/fs/cgroup/a/cpu.max":    file("max 100000\n"),
		}, Card{ContainerMemory: NoLimit, ContainerCPUs: math.Inf(1)}},
		{"a path outside the container", fstest.MapFS{
			"proc/self/cgroup":         file("0::/../x\n"),
			"sys/fs/cgroup/memory.max": file("8192\n"),
		}, Card{ContainerMemory: 8192}},
		{"version 1", fstest.MapFS{
			"proc/self/cgroup":                                     file("4:memory:/docker/1\n3:cpu,cpuacct:/docker/1\n0::/\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes":           file("9223372036854771712\n"),
			"sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes":  file("1048576\n"),
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us":           file("-1\n"),
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us":          file("100000\n"),
			"sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us":  file("50000\n"),
			"sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us": file("100000\n"),
		}, Card{ContainerMemory: 1 << 20, ContainerCPUs: 0.5}},
		{"broken", fstest.MapFS{
			"proc/self/cgroup":         file("what\n0::\n7:memory\n"),
			"sys/fs/cgroup/memory.max": file("-3"), "sys/fs/cgroup/cpu.max": file("0 0"),
		}, Card{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got Card
			got.readLinux(test.root)
			if got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "not known", NoLimit: "no limit", 1: "1 B", 1023: "1023 B", 2048: "2 KiB", 8 << 20: "8 MiB",
		1536: "1.5 KiB", 24689764 * 1024: "24 GiB", 5 << 50: "5120 TiB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestMachineDescribesThisOne(t *testing.T) {
	c := Machine()
	if c.Cores != runtime.NumCPU() || c.GOMAXPROCS != runtime.GOMAXPROCS(0) || !strings.HasPrefix(runtime.Version(), c.GoVersion) {
		t.Errorf("%+v", c)
	}
	if runtime.GOOS == "linux" && (c.Memory < 1<<20 || c.Available == 0 || c.ThreadStack == 0) {
		t.Errorf("linux tells the memory and the stack: %+v", c)
	}
	page, plain := c.MIMEBundle()["text/html"].(string), c.String()
	for _, want := range []string{c.GoVersion, "GOMAXPROCS", "stack of an OS thread"} {
		if !strings.Contains(page, want) || !strings.Contains(plain, want) {
			t.Errorf("%q is not on the card\n%s", want, plain)
		}
	}
	if free := (Card{ContainerCPUs: math.Inf(1), ContainerMemory: NoLimit}).String(); !strings.Contains(free, "no limit") || !strings.Contains(free, "none") {
		t.Errorf("no limits: %s", free)
	}
}
