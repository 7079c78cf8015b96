package wire

import (
	"crypto/sha256"
	"sync"
)

// history remembers the digests of the last messages. When it is full the
// oldest tenth goes, as jupyter_client's digest_history_size has it: a repeat
// is found for at least nine tenths of limit messages.
type history struct {
	mu    sync.Mutex
	limit int // 0 or less: nothing is remembered
	known map[[sha256.Size]byte]struct{}
	order [][sha256.Size]byte // oldest first, from head on
	head  int                 // digests before it are forgotten already
}

// add reports whether digest is new, and remembers it.
func (h *history) add(digest [sha256.Size]byte) bool {
	if h.limit <= 0 {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.known[digest]; ok {
		return false
	}
	if h.known == nil {
		h.known = make(map[[sha256.Size]byte]struct{})
	}
	if len(h.order)-h.head >= h.limit {
		h.cull()
	}
	h.known[digest] = struct{}{}
	h.order = append(h.order, digest)
	return true
}

// cull forgets the oldest tenth, at least one.
func (h *history) cull() {
	n := max(1, h.limit/10)
	for _, d := range h.order[h.head : h.head+n] {
		delete(h.known, d)
	}
	h.head += n
	if h.head >= h.limit {
		h.order = append(h.order[:0], h.order[h.head:]...)
		h.head = 0
	}
}
