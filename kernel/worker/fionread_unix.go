//go:build unix && !linux

package worker

// fionread is _IOR('f', 127, int) on every system that comes from BSD.
const fionread = 0x4004667f
