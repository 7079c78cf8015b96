//go:build !linux

package worker

// machineMemory is unknown here: without a limit in the configuration a worker
// has none.
func machineMemory() int64 { return 0 }

// resident cannot be read here; the limit is then only the collector's.
func resident(int) (int64, bool) { return 0, false }
