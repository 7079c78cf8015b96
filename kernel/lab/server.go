package lab

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

const (
	serverRuns     = 5      // in the first ones of a process its own memory grows too
	serverRequests = 10_000 // of all clients together, or 2 of each
	serverMost     = 20_000 // clients
	messageSize    = 16     // bytes of a request, and of an answer
	messageTurns   = 2_000  // of work for each: a few microseconds
	clientPatience = 20 * time.Second
)

// service answers a number of clients that connect to addr, and ends when all
// of them have closed their connections.
type service struct {
	addr  string
	ended chan error // told once
}

// serverWay is one way to write a server.
type serverWay struct {
	name  string
	open  func(clients int) (service, error)
	limit func(clients int, limits []Limit) string // why not, "" for nothing
}

func (d *desk) Server(clients int) Measured {
	if clients < 1 || clients > serverMost {
		panic(fmt.Sprintf("lab.Server: %d clients: 1 to %d can be measured", clients, serverMost))
	}
	root := os.DirFS("/")
	m := Measured{Title: fmt.Sprintf("one load, three servers: %s", plural(clients, "client")), plot: plotBars, Limits: threadLimits(root)}
	// A connection has two ends here, and both are files of this process.
	if files := fileLimit(); files != NoLimit {
		m.Limits = append(m.Limits, Limit{Name: "ulimit -n", Max: files})
		if uint64(2*clients+headroom) > files {
			m.note("Not measured: %d connections need %d files, and ulimit -n is %d.", clients, 2*clients, files)
			return m
		}
	}
	ways := []serverWay{
		{"thread per client", serveThreads, func(n int, l []Limit) string { return allow("threads", n, l) }},
		{"event loop", serveLoop, nil},
		{"goroutine per client", serveGoroutines, nil},
	}
	// Clients and servers that are goroutines begin with the stack they have in a
	// fresh program.
	small := newCrowd()
	defer small.end()
	before := readTasks(root)
	runs := map[string][]serverRun{}
	for round := range serverRuns + 1 {
		for _, way := range ways {
			if d.out.stopped() {
				break
			}
			if way.limit != nil {
				if why := way.limit(clients, m.Limits); why != "" {
					if round == 0 {
						m.note("%s: not measured: %s.", way.name, why)
					}
					continue
				}
			}
			r, err := load(way, clients, max(2, serverRequests/clients), before, d.out.stopped)
			if err != nil {
				if round == 0 {
					m.note("%s: not measured: %v.", way.name, err)
				}
				continue
			}
			if round > 0 { // the first one warms up
				runs[way.name] = append(runs[way.name], r)
			}
		}
	}
	for _, q := range []struct {
		name, unit string
		of         func(serverRun) float64
	}{
		{"throughput", "1/s", func(r serverRun) float64 { return r.throughput }},
		{"p50", "ns", func(r serverRun) float64 { return r.p50 }},
		{"p99", "ns", func(r serverRun) float64 { return r.p99 }},
		{"memory", "B", func(r serverRun) float64 { return r.memory }},
		{"threads", "", func(r serverRun) float64 { return r.threads }},
	} {
		for _, way := range ways {
			var v []float64
			for _, r := range runs[way.name] {
				v = append(v, q.of(r))
			}
			m.add(way.name, q.name, 0, q.unit, v...)
		}
	}
	if runtime.GOOS != "linux" {
		m.note("Memory and threads could not be measured: %s does not tell them.", runtime.GOOS)
	}
	m.note("Every client sends its next request when it has the answer to the last. Clients and server are in one process and talk over the loopback; the memory is what all of it has gained. The threads are those that have worked since the first of these servers opened, the clients' and the runtime's own among them; what slept all the time is not counted. Memory that an earlier run gave back is used again, so later runs find less. GOMAXPROCS is %d.", runtime.GOMAXPROCS(0))
	return m
}

// serverRun is what one run of the load has shown.
type serverRun struct {
	throughput, p50, p99, memory, threads float64
}

func load(way serverWay, clients, requests int, before tasks, stopped func() bool) (serverRun, error) {
	root := os.DirFS("/")
	debug.FreeOSMemory()
	rss := status(root, "VmRSS")
	s, err := way.open(clients)
	if err != nil {
		return serverRun{}, err
	}
	conns := make([]net.Conn, 0, clients)
	closeAll := func() error {
		for _, c := range conns {
			c.Close()
		}
		for range clients - len(conns) { // the service waits for all of them
			if c, err := net.Dial("tcp", s.addr); err == nil {
				c.Close()
			}
		}
		return <-s.ended
	}
	for range clients {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			closeAll()
			return serverRun{}, fmt.Errorf("connect: %w", err)
		}
		_ = c.SetDeadline(time.Now().Add(clientPatience)) // only fails for a closed connection, which the first write tells
		conns = append(conns, c)
	}
	times := make([][]time.Duration, clients)
	errs := make([]error, clients)
	var wg sync.WaitGroup
	begun := time.Now()
	for i, c := range conns {
		wg.Go(func() { times[i], errs[i] = client(c, requests, stopped) })
	}
	wg.Wait()
	took := time.Since(begun)
	r := serverRun{memory: per(status(root, "VmRSS"), rss, 1), threads: float64(before.worked(root))}
	if err := closeAll(); err != nil {
		return serverRun{}, err
	}
	for _, err := range errs {
		if err != nil {
			return serverRun{}, err
		}
	}
	all := slices.Concat(times...)
	if len(all) == 0 {
		return serverRun{}, fmt.Errorf("interrupted")
	}
	slices.Sort(all)
	r.throughput = float64(len(all)) / took.Seconds()
	r.p50, r.p99 = float64(all[len(all)/2]), float64(all[len(all)*99/100])
	return r, nil
}

func client(c net.Conn, requests int, stopped func() bool) ([]time.Duration, error) {
	var b [messageSize]byte
	times := make([]time.Duration, 0, requests)
	for range requests {
		if stopped() {
			break
		}
		begun := time.Now()
		if _, err := c.Write(b[:]); err != nil {
			return nil, fmt.Errorf("request: %w", err)
		}
		if _, err := io.ReadFull(c, b[:]); err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		times = append(times, time.Since(begun))
	}
	return times, nil
}

// answer is what every server does for a request.
func answer(b []byte) { b[0] = byte(spin(messageTurns)) }

// serveGoroutines gives each client a goroutine that reads and writes as if
// it were alone.
func serveGoroutines(clients int) (service, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return service{}, fmt.Errorf("listen: %w", err)
	}
	s := service{l.Addr().String(), make(chan error, 1)}
	go func() {
		defer l.Close()
		var wg sync.WaitGroup
		for range clients {
			c, err := l.Accept()
			if err != nil {
				break
			}
			wg.Go(func() {
				defer c.Close()
				var b [messageSize]byte
				for {
					if _, err := io.ReadFull(c, b[:]); err != nil {
						return
					}
					answer(b[:])
					if _, err := c.Write(b[:]); err != nil {
						return
					}
				}
			})
		}
		wg.Wait()
		s.ended <- nil
	}()
	return s, nil
}
