package yaegi

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

// links knows which cells could have handed each other a channel, a lock or a
// function: those whose programs name a common variable that can hold one, or
// lead to one that does. What compiled packages keep to themselves, a server's
// handlers say, counts as one such variable.
type links struct {
	mu     sync.Mutex
	parent map[string]string
}

// world stands for what compiled packages keep.
const world = "world"

// harmless are packages that keep nothing of what a cell gives them, or whose
// calls are followed.
var harmless = map[string]bool{
	"bufio": true, "bytes": true, "cmp": true, "container/heap": true, "container/list": true, "container/ring": true,
	"context": true, "errors": true, "fmt": true, "io": true, "iter": true, "log": true, "maps": true, "math": true,
	"math/big": true, "math/bits": true, "math/rand": true, "math/rand/v2": true, "os": true, "runtime": true,
	"runtime/debug": true, "slices": true, "sort": true, "strconv": true, "strings": true, "sync": true,
	"sync/atomic": true, "text/tabwriter": true, "time": true, "unicode": true, "unicode/utf8": true, "": true,
	"golang.org/x/sync/errgroup": true, "runnext/lab": true, "runnext/kernel/lab": true,
}

func cellNode(id uint64) string { return "cell " + strconv.FormatUint(id, 10) }

// add joins a cell with what its program names.
func (l *links) add(c *cell) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.parent == nil {
		l.parent = map[string]string{}
	}
	node := cellNode(c.job.id)
	for _, v := range c.prog.Vars {
		if !inert(c.set.True[v.Type], 0) {
			l.parent[l.root(node)] = l.root("var " + v.ID)
		}
	}
	for _, h := range c.prog.Helpers {
		if !harmless[h.Path] {
			l.parent[l.root(node)] = l.root(world)
		}
	}
}

func (l *links) root(n string) string {
	for {
		p, ok := l.parent[n]
		if !ok || p == n {
			return n
		}
		n = p
	}
}

// connected tells whether two jobs may reach the same channel or lock.
func (l *links) connected(j, k uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.root(cellNode(j)) == l.root(cellNode(k))
}

// inert tells whether values of a type neither are nor lead to something that
// a goroutine can wait for.
func inert(t reflect.Type, depth int) bool {
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice, reflect.UnsafePointer:
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Map && inert(t.Key(), depth+1) {
			return depth < 8 && inert(t.Elem(), depth+1)
		}
		return false
	case reflect.Array:
		return inert(t.Elem(), depth+1)
	case reflect.Struct:
		if strings.HasPrefix(t.PkgPath(), "sync") {
			return false
		}
		for i := range t.NumField() {
			if depth > 8 || !inert(t.Field(i).Type, depth+1) {
				return false
			}
		}
	}
	return true
}

// names gives the channels and locks of one report names: a variable's, or a
// letter.
type names struct {
	r     *Runner
	given map[address]string
}

func (j *job) named() *names { return &names{j.r, map[address]string{}} }

func (n *names) of(p address) string {
	if p == 0 {
		return "nil"
	}
	if name, ok := n.given[p]; ok {
		return name
	}
	name := n.r.vars.nameOf(p)
	if name == "" {
		name = "#" + itoa(len(n.given)+1)
	}
	n.given[p] = name
	return name
}

// nameOf finds the variable that holds, points to or contains p.
func (vs *variables) nameOf(p address) string {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	best := ""
	for id, v := range vs.byID {
		name, _, _ := strings.Cut(id, "·")
		start := addressOf(v.UnsafePointer())
		inside := p >= start && p < start+address(v.Type().Elem().Size())
		k := v.Elem().Kind()
		if (inside || (k == reflect.Chan || k == reflect.Pointer) && addressOf(v.Elem().UnsafePointer()) == p) && (best == "" || name < best) {
			best = name
		}
	}
	return best
}

// reachable tells whether one of the notebook's variables leads, or may lead,
// to something that is waited for. Nothing else may run meanwhile.
func (r *Runner) reachable(waits []*wait) bool {
	s := search{on: map[address]bool{}, seen: map[unsafe.Pointer]bool{}}
	for _, w := range waits {
		for _, o := range w.on {
			if o.p != 0 {
				s.on[o.p] = true
			}
		}
	}
	r.vars.mu.Lock()
	defer r.vars.mu.Unlock()
	for _, v := range r.vars.byID {
		if s.leads(v.Elem()) {
			return true
		}
	}
	return false
}

// search is a walk from variables to what is waited for.
type search struct {
	on    map[address]bool
	seen  map[unsafe.Pointer]bool
	steps int
}

// maxSteps bounds a walk; a notebook with more is taken to reach everything.
const maxSteps = 200_000

func (s *search) leads(v reflect.Value) bool {
	if s.steps++; s.steps > maxSteps {
		return true
	}
	if v.CanAddr() && !inert(v.Type(), 0) {
		start := addressOf(v.Addr().UnsafePointer())
		for p := range s.on {
			if p >= start && p < start+address(v.Type().Size()) {
				return true
			}
		}
	}
	switch v.Kind() {
	case reflect.Chan:
		return !v.IsNil() && (s.on[addressOf(v.UnsafePointer())] || v.Len() > 0 && !inert(v.Type().Elem(), 0))
	case reflect.Func, reflect.UnsafePointer:
		return !v.IsNil() // what it has captured is not to be seen
	case reflect.Interface:
		return !v.IsNil() && s.leads(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || s.seen[v.UnsafePointer()] {
			return false
		}
		s.seen[v.UnsafePointer()] = true
		return s.on[addressOf(v.UnsafePointer())] || s.leads(v.Elem())
	case reflect.Map:
		return v.Len() > 0 && !inert(v.Type(), 0)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if inert(v.Type().Elem(), 0) {
				return false
			}
			if s.leads(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if s.leads(v.Field(i)) {
				return true
			}
		}
	}
	return false
}
