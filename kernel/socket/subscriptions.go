package socket

import "sync"

// subscriptions are the prefixes one peer wants. A prefix counts as often as
// it was added, as in libzmq.
type subscriptions struct {
	mu      sync.Mutex
	count   map[string]int
	longest int // of any prefix there ever was
}

// add takes a prefix and, when it is new, queues what welcome makes before any
// message can match it. It refuses a prefix above limit.
func (s *subscriptions) add(prefix []byte, limit int, q *queue, welcome func() [][]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = make(map[string]int)
	}
	if s.count[string(prefix)] > 0 {
		s.count[string(prefix)]++
		return true
	}
	if len(s.count) >= limit {
		return false
	}
	if welcome != nil {
		if frames := welcome(); frames != nil {
			q.force(item{frames: frames})
		}
	}
	s.count[string(prefix)] = 1
	s.longest = max(s.longest, len(prefix))
	return true
}

// remove takes back one add; a prefix that is not there is nothing.
func (s *subscriptions) remove(prefix []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := s.count[string(prefix)]; n {
	case 0:
	case 1:
		delete(s.count, string(prefix))
	default:
		s.count[string(prefix)] = n - 1
	}
}

// offer queues a message the peer wants, and says whether it must wait. A peer
// that is gone wants nothing.
func (s *subscriptions) offer(q *queue, it item) (full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.match(it.frames[0]) {
		return false
	}
	full, err := q.offer(it)
	return full && err == nil
}

// match costs one look-up for each length a prefix of topic may have, however
// many prefixes there are.
func (s *subscriptions) match(topic []byte) bool {
	if len(s.count) == 0 {
		return false
	}
	for n := range min(len(topic), s.longest) + 1 {
		if s.count[string(topic[:n])] > 0 {
			return true
		}
	}
	return false
}

func (s *subscriptions) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.count) > 0
}
