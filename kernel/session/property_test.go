package session_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"runnext/kernel/kerneltest"
)

// storm is a random conversation of two clients with one kernel. The clients
// check every message they see; what is checked here is which cells ran.
type storm struct {
	t       *rapid.T
	k       *kernel
	clients []*kerneltest.Client
	cells   []shot
	others  []*kerneltest.Request
	shells  []string // "" is the main one
	gates   int
	broken  bool // something was sent that may abort cells
}

type shot struct {
	cell   *kerneltest.Cell
	client int
	shell  string
	silent bool
}

func (s *storm) client() (int, *kerneltest.Client) {
	i := rapid.IntRange(0, len(s.clients)-1).Draw(s.t, "client")
	return i, s.clients[i]
}

func (s *storm) execute(code string, options ...kerneltest.Option) {
	i, c := s.client()
	shell := rapid.SampledFrom(s.shells).Draw(s.t, "shell")
	silent := rapid.IntRange(0, 9).Draw(s.t, "silent") == 0
	if shell != "" {
		options = append(options, kerneltest.OnSubshell(shell))
	}
	if silent {
		options = append(options, kerneltest.Silent())
	}
	s.cells = append(s.cells, shot{c.Start(code, options...), i, shell, silent})
}

// actions are what the storm chooses from.
func (s *storm) actions() map[string]func() {
	ask := func(ch kerneltest.Channel, msgType string) func() {
		return func() {
			_, c := s.client()
			s.others = append(s.others, c.Send(ch, msgType, map[string]any{"code": "pri", "cursor_pos": 3}))
		}
	}
	return map[string]func(){
		"value":  func() { s.execute("print a\nwarn b\nvalue 1") },
		"prints": func() { s.execute("raw x\nraw y\ndisplay d 1\nupdate d 2\nclear\nraw z") },
		"error": func() {
			s.broken = true
			s.execute("print a\nerror panic: boom")
		},
		"expected error": func() { s.execute("error panic: boom", kerneltest.With("stop_on_error", false)) },
		"slow": func() {
			s.gates++
			s.execute(fmt.Sprintf("print slow\nwait g%d", s.gates))
		},
		"late": func() {
			s.gates++
			s.execute(fmt.Sprintf("late g%d LATE", s.gates))
		},
		"open": func() {
			if s.gates > 0 {
				s.k.echo.Open(fmt.Sprintf("g%d", rapid.IntRange(1, s.gates).Draw(s.t, "gate")))
			}
		},
		"question": func() { // nobody answers: it is an error
			s.broken = true
			s.execute("input name? ")
		},
		"interrupt": func() {
			s.broken = true
			ask(kerneltest.Control, "interrupt_request")()
		},
		"complete": ask(kerneltest.Shell, "complete_request"),
		"inspect":  ask(kerneltest.Control, "inspect_request"),
		"info":     ask(kerneltest.Shell, "kernel_info_request"),
		"info too": ask(kerneltest.Control, "kernel_info_request"),
		"history":  ask(kerneltest.Shell, "history_request"),
		"list":     ask(kerneltest.Control, "list_subshell_request"),
		"malformed": func() {
			_, c := s.client()
			s.others = append(s.others, c.Send(kerneltest.Shell, "execute_request", map[string]any{"stop_on_error": false}))
		},
		"create": func() {
			_, c := s.client()
			s.shells = append(s.shells, c.Subshell())
		},
		"delete": func() {
			s.broken = true
			_, c := s.client()
			id := rapid.SampledFrom(s.shells).Draw(s.t, "deleted")
			s.others = append(s.others, c.Send(kerneltest.Control, "delete_subshell_request", map[string]any{"subshell_id": id}))
		},
	}
}

func (s *storm) openAll() {
	for g := range s.gates {
		s.k.echo.Open(fmt.Sprintf("g%d", g+1))
	}
}

// judge looks at the cells once all are answered.
func (s *storm) judge() {
	last := make(map[string]int) // client and shell → count
	for _, c := range s.cells {
		n, counted := c.cell.Content()["execution_count"].(float64)
		where := fmt.Sprint(c.client, c.shell)
		switch {
		case c.cell.Status() == "aborted":
			if !s.broken {
				s.t.Errorf("%s was aborted for nothing", c.cell.ID)
			}
		case !counted || c.silent: // refused, or not numbered
		case int(n) <= last[where]:
			s.t.Errorf("%s has count %v behind %d: not in order", c.cell.ID, n, last[where])
		default:
			last[where] = int(n)
		}
	}
}

// TestStorm is every rule of the checker under random interleavings of
// requests on both channels by two clients.
func TestStorm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, end := start(t, nil)
		defer end()
		s := &storm{t: t, k: k, shells: []string{""}}
		for _, name := range []string{"one", "two"} {
			c := k.client(t, name)
			defer c.Close()
			s.clients = append(s.clients, c)
		}
		actions := s.actions()
		names := rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(actions))), 1, 40).Draw(t, "actions")
		for _, name := range names {
			actions[name]()
		}
		if rapid.IntRange(0, 3).Draw(t, "end") == 0 {
			for _, c := range s.clients {
				c.Closing()
			}
			s.clients[0].Shutdown(kerneltest.Control, rapid.Bool().Draw(t, "restart"))
			<-k.done
			if k.err != nil {
				t.Errorf("Run = %v", k.err)
			}
			return
		}
		s.openAll()
		for _, r := range s.others {
			r.Wait()
		}
		for _, c := range s.cells {
			c.cell.Done()
		}
		s.judge()
		s.clients[1].Execute("print calm").Stdout("calm\n").OK()
	})
}
