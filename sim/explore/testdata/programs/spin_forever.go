// want: deadlock
package main

import "sync/atomic"

func main() {
	var ready atomic.Bool
	for !ready.Load() {
	}
}
