package lab

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// threadLimits gives what bounds the threads of this process, and how many are
// in use. root is the file system.
//
// Linux, Documentation/admin-guide/sysctl/kernel.rst: pid_max, threads-max;
// cgroup-v2.rst: pids.max, pids.current; getrlimit(2): RLIMIT_NPROC.
func threadLimits(root fs.FS) []Limit {
	out := []Limit{{Name: "debug.SetMaxThreads", Max: uint64(maxThreads()), InUse: status(root, "Threads")}}
	if runtime.GOOS != "linux" {
		return out
	}
	all := threadsOfSystem(root)
	for _, l := range []struct{ name, file string }{{"pid_max", "proc/sys/kernel/pid_max"}, {"threads-max", "proc/sys/kernel/threads-max"}} {
		if n := number(root, l.file); n > 0 {
			out = append(out, Limit{l.name, n, all})
		}
	}
	// The superuser is not bound by it.
	if n := processLimit(); n > 0 && os.Geteuid() != 0 {
		out = append(out, Limit{"ulimit -u", n, threadsOfUser(root, os.Getuid())})
	}
	if n, used := pidsOfGroup(root); n > 0 {
		out = append(out, Limit{"pids.max of the control group", n, used})
	}
	return out
}

// headroom keeps an experiment away from a limit: other programs need threads
// at the same time.
const headroom = 64

// allow says why n more of something are too many, "" if they are not.
func allow(what string, n int, limits []Limit) string {
	for _, l := range limits {
		if l.Max != NoLimit && uint64(n)+l.InUse+headroom > l.Max {
			return fmt.Sprintf("%s %s are too many here: %v, and %d are left to others", grouped(uint64(n)), what, l, headroom)
		}
	}
	return ""
}

// maxThreads reads the limit by setting it, to more than there can be.
func maxThreads() int {
	was := debug.SetMaxThreads(1<<31 - 1)
	debug.SetMaxThreads(was)
	return was
}

// status reads a number of /proc/self/status; sizes in kB are given in bytes.
func status(root fs.FS, name string) uint64 { return statusOf(root, "self", name) }

func statusOf(root fs.FS, pid, name string) uint64 {
	data, err := fs.ReadFile(root, "proc/"+pid+"/status")
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		rest, ok := strings.CutPrefix(line, name+":")
		if !ok {
			continue
		}
		f := strings.Fields(rest)
		if len(f) == 0 {
			return 0
		}
		n, err := strconv.ParseUint(f[0], 10, 54)
		switch {
		case err != nil:
			return 0
		case len(f) == 2 && f[1] == "kB":
			return n * 1024
		}
		return n
	}
	return 0
}

// threadsOfSystem reads the fourth field of /proc/loadavg: running/all.
func threadsOfSystem(root fs.FS) uint64 {
	data, err := fs.ReadFile(root, "proc/loadavg")
	if err != nil {
		return 0
	}
	f := strings.Fields(string(data))
	if len(f) < 4 {
		return 0
	}
	_, all, _ := strings.Cut(f[3], "/")
	n, err := strconv.ParseUint(all, 10, 32)
	if err != nil {
		return 0
	}
	return n
}

func threadsOfUser(root fs.FS, uid int) uint64 {
	dirs, err := fs.Glob(root, "proc/[0-9]*")
	if err != nil {
		return 0
	}
	var n uint64
	for _, dir := range dirs {
		if pid := path.Base(dir); statusOf(root, pid, "Uid") == uint64(uid) {
			n += statusOf(root, pid, "Threads")
		}
	}
	return n
}

// pidsOfGroup gives the tightest limit on the way up and what is in use below
// it.
func pidsOfGroup(root fs.FS) (limit, used uint64) {
	data, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, 0
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		f := strings.SplitN(line, ":", 3)
		mount := ""
		switch {
		case len(f) != 3:
			continue
		case f[0] == "0" && f[1] == "":
			mount = groups
		case f[1] == "pids":
			mount = path.Join(groups, "pids")
		default:
			continue
		}
		upward(root, mount, f[2], func(at string) {
			n, in := number(root, at+"/pids.max"), number(root, at+"/pids.current")
			if n != 0 && n != NoLimit && (limit == 0 || n-min(in, n) < limit-min(used, limit)) {
				limit, used = n, in
			}
		})
	}
	return limit, used
}
