package lab

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
)

// listen opens a socket on the loopback past the runtime's poller.
func listen(flags int) (fd int, addr string, err error) {
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|flags, 0)
	if err != nil {
		return 0, "", fmt.Errorf("socket: %w", err)
	}
	err = syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		err = syscall.Listen(fd, 1024)
	}
	var name syscall.Sockaddr
	if err == nil {
		name, err = syscall.Getsockname(fd)
	}
	in4, ok := name.(*syscall.SockaddrInet4)
	if err != nil || !ok {
		syscall.Close(fd)
		return 0, "", fmt.Errorf("listen: %w", err)
	}
	return fd, fmt.Sprintf("127.0.0.1:%d", in4.Port), nil
}

// serveThreads gives each client an OS thread, which blocks in the kernel while
// it waits.
func serveThreads(clients int) (service, error) {
	fd, addr, err := listen(0)
	if err != nil {
		return service{}, err
	}
	s := service{addr, make(chan error, 1)}
	go func() {
		defer syscall.Close(fd)
		var wg sync.WaitGroup
		for range clients {
			c, _, err := accept(fd, syscall.SOCK_CLOEXEC)
			if err != nil {
				break
			}
			wg.Go(func() {
				runtime.LockOSThread() // the thread ends with the goroutine
				defer syscall.Close(c)
				var b [messageSize]byte
				for readFull(c, b[:]) {
					answer(b[:])
					if n, err := syscall.Write(c, b[:]); n != len(b) || err != nil {
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

func accept(fd, flags int) (int, syscall.Sockaddr, error) {
	for {
		c, from, err := syscall.Accept4(fd, flags)
		if err == syscall.EINTR || err == syscall.ECONNABORTED {
			continue
		}
		if err == nil {
			// As package net does: an answer leaves at once.
			_ = syscall.SetsockoptInt(c, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		}
		return c, from, err
	}
}

func readFull(fd int, b []byte) bool {
	for at := 0; at < len(b); {
		n, err := syscall.Read(fd, b[at:])
		switch {
		case err == syscall.EINTR:
		case err != nil || n == 0:
			return false
		default:
			at += n
		}
	}
	return true
}

// serveLoop has one thread ask the kernel who has something to read, and
// answer one after the other.
func serveLoop(clients int) (service, error) {
	fd, addr, err := listen(syscall.SOCK_NONBLOCK)
	if err != nil {
		return service{}, err
	}
	poll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err == nil {
		err = watch(poll, fd)
	}
	if err != nil {
		syscall.Close(fd)
		syscall.Close(poll)
		return service{}, fmt.Errorf("epoll: %w", err)
	}
	s := service{addr, make(chan error, 1)}
	go func() {
		runtime.LockOSThread() // the thread ends with the goroutine
		defer syscall.Close(fd)
		defer syscall.Close(poll)
		s.ended <- loop(poll, fd, clients)
	}()
	return s, nil
}

func watch(poll, fd int) error {
	return syscall.EpollCtl(poll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)})
}

func loop(poll, fd, clients int) error {
	events := make([]syscall.EpollEvent, 256)
	partial := map[int][]byte{} // requests that came in pieces
	var b [messageSize]byte
	for left := clients; left > 0; {
		n, err := syscall.EpollWait(poll, events, -1)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("epoll: %w", err)
		}
		for _, e := range events[:n] {
			at := int(e.Fd)
			if at == fd {
				if c, _, err := accept(fd, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC); err == nil {
					if err := watch(poll, c); err != nil {
						return fmt.Errorf("epoll: %w", err)
					}
				}
				continue
			}
			k, err := syscall.Read(at, b[:messageSize-len(partial[at])])
			switch {
			case err == syscall.EAGAIN || err == syscall.EINTR:
				continue
			case err != nil || k == 0:
				delete(partial, at)
				syscall.Close(at)
				left--
				continue
			case len(partial[at])+k < messageSize:
				partial[at] = append(partial[at], b[:k]...)
				continue
			}
			delete(partial, at)
			answer(b[:])
			// An answer fits into the socket's buffer: the client waits for it.
			if _, err := syscall.Write(at, b[:]); err != nil {
				syscall.Close(at)
				left--
			}
		}
	}
	return nil
}
