package socket

import (
	"fmt"
	"sync/atomic"
)

// freeInput is what each connection may receive of a message without asking:
// where the budget is used up, small requests still get through.
const freeInput = 256 << 10

// budget bounds the memory of messages that have not arrived whole, over all
// connections of a socket: each one within its limits, many together would
// not be.
type budget struct {
	limit int
	used  atomic.Int64
}

// holding is what one connection has received of its message, and how much of
// that it took from the budget.
type holding struct {
	arrived, taken int
}

// take is called before n more bytes are allocated for a message.
func (b *budget) take(h *holding, n int) error {
	h.arrived += n
	more := h.arrived - freeInput - h.taken
	if more <= 0 {
		return nil
	}
	h.taken += more
	if used := b.used.Add(int64(more)); used > int64(b.limit) {
		return fmt.Errorf("all large messages together have more than %d bytes: %w", b.limit, ErrLimit)
	}
	return nil
}

// give takes back everything, when the message is handed on or its connection
// over.
func (b *budget) give(h *holding) {
	if h.taken > 0 {
		b.used.Add(-int64(h.taken))
	}
	*h = holding{}
}
