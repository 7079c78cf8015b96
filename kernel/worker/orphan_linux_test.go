package worker

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
	"runnext/kernel/engine"
)

// kernelFlag makes the test binary a kernel that starts a worker and says its
// number, so that a test can kill it.
const kernelFlag = "runnext-test-kernel"

func kernelMain() int {
	exe, err := os.Executable()
	if err != nil {
		return 1
	}
	s, err := Start(context.Background(), Config{Path: exe, Args: []string{childFlag}, NoSpare: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	out := newSink()
	go s.Run(context.Background(), engine.Job{ID: 1, Program: []byte("spinners 1000")}, out)
	out.await(func(log []string) bool { return len(log) > 0 })
	fmt.Println(s.PID())
	select {}
}

// TestWorkerDoesNotOutliveTheKernel kills a kernel whose worker is too busy to
// read anything, and waits for the worker's end.
func TestWorkerDoesNotOutliveTheKernel(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	kernel := exec.Command(exe, kernelFlag)
	kernel.Stderr = os.Stderr
	says, err := kernel.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := kernel.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(says, &pid); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Skipf("pidfd_open: %v", err)
	}
	defer unix.Close(fd)
	kernel.Process.Kill()
	io.Copy(io.Discard, says)
	kernel.Wait()
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 20_000)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n != 1 {
			unix.Kill(pid, unix.SIGKILL)
			t.Fatalf("the worker lives on 20 s after its kernel (%d, %v)", n, err)
		}
		return
	}
}
