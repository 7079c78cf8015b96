package lab

import "io/fs"

// tasks holds, for each thread of this process, how often it has left a core.
type tasks map[string]uint64

func readTasks(root fs.FS) tasks {
	all := tasks{}
	for _, id := range taskIDs(root) {
		all[id] = switches(root, id)
	}
	return all
}

// worked gives how many of the threads there are now have come or run since.
// The rest was there before and slept all the time: the process of a cell has
// such threads, which wait for the next cell or an interrupt, and a plain
// program has none. So the figure is the same for the same work in both.
func (before tasks) worked(root fs.FS) (n int) {
	for _, id := range taskIDs(root) {
		if was, known := before[id]; !known || switches(root, id) != was {
			n++
		}
	}
	return n
}

// Linux, Documentation/filesystems/proc.rst: /proc/PID/task, one directory a
// thread; and in its status the switches of both kinds.
func taskIDs(root fs.FS) (ids []string) {
	entries, err := fs.ReadDir(root, "proc/self/task")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		ids = append(ids, e.Name())
	}
	return ids
}

func switches(root fs.FS, id string) uint64 {
	at := "self/task/" + id
	return statusOf(root, at, "voluntary_ctxt_switches") + statusOf(root, at, "nonvoluntary_ctxt_switches")
}
