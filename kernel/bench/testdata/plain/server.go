package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const message = 16

// self reads a number of /proc/self/status; KiB for sizes.
func self(name string) float64 {
	data, err := os.ReadFile("/proc/self/status")
	check(err)
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			check(err)
			return n
		}
	}
	panic("no " + name + " in /proc/self/status")
}

// tasks gives what each thread's status says of its switches.
func tasks() map[string]string {
	all := map[string]string{}
	entries, err := os.ReadDir("/proc/self/task")
	check(err)
	for _, e := range entries {
		data, err := os.ReadFile("/proc/self/task/" + e.Name() + "/status")
		if err != nil {
			continue // it has just ended
		}
		_, all[e.Name()], _ = strings.Cut(string(data), "voluntary_ctxt_switches:")
	}
	return all
}

// worked counts the threads that have come or run since.
func worked(before map[string]string) (n float64) {
	for id, switches := range tasks() {
		if before[id] != switches {
			n++
		}
	}
	return n
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// socket listens past the runtime's poller and gives the port.
func socket() (fd, port int) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	check(err)
	check(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	check(syscall.Listen(fd, 1024))
	name, err := syscall.Getsockname(fd)
	check(err)
	return fd, name.(*syscall.SockaddrInet4).Port
}

func accept(fd int) int {
	c, _, err := syscall.Accept(fd)
	check(err)
	check(syscall.SetsockoptInt(c, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1))
	return c
}

func threadEach(clients int) (port int, ended *sync.WaitGroup) {
	fd, port := socket()
	ended = &sync.WaitGroup{}
	ended.Go(func() {
		for range clients {
			c := accept(fd)
			ended.Go(func() {
				runtime.LockOSThread()
				var b [message]byte
				for {
					if n, err := syscall.Read(c, b[:]); n < message || err != nil {
						syscall.Close(c)
						return
					}
					b[0] = byte(spin(2000))
					syscall.Write(c, b[:])
				}
			})
		}
		syscall.Close(fd)
	})
	return port, ended
}

func eventLoop(clients int) (port int, ended *sync.WaitGroup) {
	fd, port := socket()
	poll, err := syscall.EpollCreate1(0)
	check(err)
	add := func(fd int) {
		check(syscall.EpollCtl(poll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}))
	}
	add(fd)
	ended = &sync.WaitGroup{}
	ended.Go(func() {
		runtime.LockOSThread()
		events := make([]syscall.EpollEvent, 256)
		var b [message]byte
		for left := clients; left > 0; {
			n, err := syscall.EpollWait(poll, events, -1)
			if err == syscall.EINTR {
				continue
			}
			check(err)
			for _, e := range events[:n] {
				if int(e.Fd) == fd {
					add(accept(fd))
				} else if n, err := syscall.Read(int(e.Fd), b[:]); n < message || err != nil {
					syscall.Close(int(e.Fd))
					left--
				} else {
					b[0] = byte(spin(2000))
					syscall.Write(int(e.Fd), b[:])
				}
			}
		}
		syscall.Close(poll)
		syscall.Close(fd)
	})
	return port, ended
}

func goroutineEach(clients int) (port int, ended *sync.WaitGroup) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	ended = &sync.WaitGroup{}
	ended.Go(func() {
		for range clients {
			c, err := l.Accept()
			check(err)
			ended.Go(func() {
				defer c.Close()
				var b [message]byte
				for {
					if _, err := io.ReadFull(c, b[:]); err != nil {
						return
					}
					b[0] = byte(spin(2000))
					c.Write(b[:])
				}
			})
		}
		l.Close()
	})
	return l.Addr().(*net.TCPAddr).Port, ended
}

// load gives throughput a second, p50 and p99 in nanoseconds, memory gained in
// bytes and threads that have worked, of one run.
func load(serve func(int) (int, *sync.WaitGroup), clients, requests int, before map[string]string) [5]float64 {
	debug.FreeOSMemory()
	rss := self("VmRSS")
	port, ended := serve(clients)
	var conns []net.Conn
	for range clients {
		c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
		check(err)
		conns = append(conns, c)
	}
	times := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	begun := time.Now()
	for i, c := range conns {
		wg.Go(func() {
			var b [message]byte
			times[i] = make([]time.Duration, 0, requests)
			for range requests {
				begun := time.Now()
				c.Write(b[:])
				_, err := io.ReadFull(c, b[:])
				check(err)
				times[i] = append(times[i], time.Since(begun))
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	memory, threads := (self("VmRSS")-rss)*1024, worked(before)
	for _, c := range conns {
		c.Close()
	}
	ended.Wait()
	all := slices.Concat(times...)
	slices.Sort(all)
	return [5]float64{float64(len(all)) / took.Seconds(), float64(all[len(all)/2]), float64(all[len(all)*99/100]), memory, threads}
}

func servers(clients int) {
	names := []string{"threads", "loop", "goroutines"}
	ways := []func(int) (int, *sync.WaitGroup){threadEach, eventLoop, goroutineEach}
	var runs [3][6][5]float64
	before := tasks()
	for round := range runs[0] {
		for i, way := range ways {
			runs[i][round] = load(way, clients, 10_000/clients, before)
		}
	}
	for q, quantity := range []string{"throughput", "p50", "p99", "memory", "threads"} {
		for i := range ways {
			var five []float64
			for _, r := range runs[i][1:] { // the first round warms up
				five = append(five, r[q])
			}
			slices.Sort(five)
			fmt.Printf("server-%s-%s %v\n", names[i], quantity, five[2])
		}
	}
}
