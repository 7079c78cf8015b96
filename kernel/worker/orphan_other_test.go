//go:build unix && !linux

package worker

const kernelFlag = "runnext-test-kernel"

// kernelMain belongs to a test that needs Linux's pidfd.
func kernelMain() int { return 1 }
