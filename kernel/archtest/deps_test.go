package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "runnext/"

// rule says what one package, or a tree of them, may depend on. Names are
// below the module; one that ends in /... covers the packages below it too.
type rule struct {
	of      string
	imports []string // of this module, directly, besides packages below itself
	// outside lists the modules it may reach directly; nil is the standard
	// library alone.
	outside []string
}

const (
	tools = "golang.org/x/tools/"
	sys   = "golang.org/x/sys/"
	sync  = "golang.org/x/sync/"
	exp   = "golang.org/x/exp/"
	zmq   = "github.com/go-zeromq/zmq4"
	yaegi = "github.com/traefik/yaegi/"
)

// rules is the plan of the house: dependencies point one way.
var rules = []rule{
	{of: "kernel/engine"},
	{of: "kernel/wire/...", outside: []string{"github.com/google/uuid"}},
	{of: "kernel/stream/..."},
	{of: "kernel/directive/..."},
	{of: "kernel/display/...", imports: []string{"kernel/engine"}},
	{of: "kernel/std/...", outside: []string{tools, yaegi}},
	{of: "kernel/socket/...", outside: []string{zmq, sync}},
	{of: "kernel/session/...", imports: []string{"kernel/engine", "kernel/wire", "kernel/stream"}, outside: []string{"github.com/google/uuid", sync}},
	{of: "kernel/cell/...", imports: []string{"kernel/engine", "kernel/directive"}, outside: []string{tools}},
	{of: "kernel/core/...", imports: []string{"kernel/engine", "kernel/cell", "sim/ssaform", "sim/typename"}, outside: []string{tools}},
	{of: "kernel/worker/...", imports: []string{"kernel/engine", "kernel/stream"}, outside: []string{sys, sync}},
	{of: "kernel/engine/yaegi/...", imports: []string{"kernel/engine", "kernel/core", "kernel/display", "kernel/std", "kernel/lab"}, outside: []string{yaegi, tools, sync}},
	{of: "kernel/lab/...", imports: []string{"kernel/engine", "kernel/display"}, outside: []string{sync}},
	{of: "kernel/gofile/..."},
	{of: "kernel/run/...", imports: []string{"kernel/engine", "kernel/cell", "kernel/core", "kernel/std", "kernel/gofile"}, outside: []string{sys}},
	{of: "kernel/simulate/...", imports: []string{"kernel/std", "kernel/gofile", "sim", "sim/event", "sim/explore", "sim/machine", "sim/render", "sim/scene", "sim/verify"}, outside: []string{tools}},
	{of: "kernel/engine/gmp/...", imports: []string{"kernel/engine", "kernel/cell", "kernel/directive", "kernel/display", "kernel/exectrace", "kernel/simulate", "kernel/std", "kernel/gofile", "kernel/notebook", "sim/event", "sim/explore", "sim/machine", "sim/render"}, outside: []string{tools}},
	{of: "kernel/engine/native/...", imports: []string{"kernel/engine", "kernel/cell", "kernel/directive", "kernel/std"}},
	{of: "kernel/engine/observe/...", imports: []string{"kernel/engine", "kernel/directive", "kernel/display", "kernel/exectrace", "kernel/engine/native"}},
	{of: "kernel/exectrace/...", imports: []string{"kernel/engine", "kernel/display"}, outside: []string{exp}},
	{of: "kernel/corpus/...", outside: []string{tools}},
	{of: "install"},
	{of: "install/probe", imports: []string{"kernel/wire"}, outside: []string{zmq}},
	{of: "sim", imports: []string{"sim/event"}},
	{of: "sim/event/..."},
	{of: "sim/render/...", imports: []string{"sim/event"}},
	{of: "sim/verify/...", imports: []string{"sim/event"}},
	{of: "sim/scene/...", imports: []string{"sim/event"}, outside: []string{tools}},
	{of: "sim/typename/..."},
	{of: "sim/ssaform/...", outside: []string{tools}},
	{of: "sim/machine/...", imports: []string{"sim", "sim/event", "sim/ssaform", "sim/typename"}, outside: []string{tools}},
	{of: "sim/explore/...", imports: []string{"sim/event", "sim/machine"}, outside: []string{tools}},
	{of: "sim/internal/...", imports: []string{"sim", "sim/event", "sim/machine", "sim/explore", "sim/render", "sim/verify"}, outside: []string{tools, sys, "golang.org/x/exp/trace"}},
}

// never lists what must not be reached by any path.
var never = []struct{ from, to string }{
	{"sim/...", "runnext/kernel"},
	{"lessons/...", "runnext/kernel"},
	{"kernel/wire/...", zmq},
	{"kernel/session/...", zmq},
	{"kernel/cell/...", yaegi},
	{"kernel/core/...", yaegi},
	{"install", yaegi},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
}

// load lists this module's packages as they are built for use, without tests.
func load(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps,Standard", "runnext/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	all := map[string]pkg{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all[p.ImportPath] = p
	}
	return all
}

// covers tells whether a rule's name means the package path.
func covers(name, path string) bool {
	root, deep := strings.CutSuffix(name, "/...")
	root = module + root
	return path == root || deep && strings.HasPrefix(path, root+"/")
}

// ruleFor gives the rule with the longest name that covers the path.
func ruleFor(path string) (best rule, ok bool) {
	for _, r := range rules {
		if covers(r.of, path) && len(r.of) > len(best.of) {
			best, ok = r, true
		}
	}
	return best, ok
}

// breaks gives the direct imports of p that its rule does not allow.
func (r rule) breaks(p pkg) []string {
	var bad []string
	for _, imp := range p.Imports {
		switch own, inModule := strings.CutPrefix(imp, module); {
		case inModule:
			if !covers(r.of, imp) && !slices.ContainsFunc(r.imports, func(a string) bool {
				return own == a || strings.HasPrefix(own, a+"/") && a != "sim" && a != "kernel/engine"
			}) {
				bad = append(bad, imp)
			}
		case strings.Contains(strings.SplitN(imp, "/", 2)[0], "."):
			if !slices.ContainsFunc(r.outside, func(a string) bool { return strings.HasPrefix(imp, a) }) {
				bad = append(bad, imp)
			}
		}
	}
	return bad
}

func TestDependenciesPointOneWay(t *testing.T) {
	all := load(t)
	covered := map[string]bool{}
	for path, p := range all {
		r, ok := ruleFor(path)
		if !ok {
			continue
		}
		covered[r.of] = true
		for _, bad := range r.breaks(p) {
			t.Errorf("%s imports %s; %s may import %v and %v", path, bad, r.of, r.imports, r.outside)
		}
	}
	for _, r := range rules {
		if !covered[r.of] {
			t.Errorf("the rule for %s covers no package", r.of)
		}
	}
}

func TestWhatIsNeverReached(t *testing.T) {
	for path, p := range load(t) {
		for _, n := range never {
			if !covers(n.from, path) {
				continue
			}
			for _, dep := range p.Deps {
				if dep == n.to || strings.HasPrefix(dep, strings.TrimSuffix(n.to, "/")+"/") {
					t.Errorf("%s reaches %s", path, dep)
				}
			}
		}
		if path != module+"kernel/cmd/runnext" && slices.Contains(p.Imports, "runnext/kernel") {
			t.Errorf("%s imports package kernel, which wires the parts and is imported by the program alone", path)
		}
	}
}

// The rules themselves: a broken one must be seen.
func TestRulesSeeWhatBreaksThem(t *testing.T) {
	tests := []struct {
		path    string
		imports []string
		bad     int
	}{
		{"runnext/kernel/wire", []string{"crypto/hmac", "runnext/kernel/wire/x"}, 0},
		{"runnext/kernel/wire", []string{zmq}, 1},
		{"runnext/kernel/wire", []string{"runnext/kernel/session"}, 1},
		{"runnext/kernel/session/history", []string{"runnext/kernel/wire", "runnext/kernel/engine"}, 0},
		{"runnext/kernel/session", []string{"runnext/kernel/engine/yaegi"}, 1},
		{"runnext/kernel/engine", []string{"runnext/kernel/core"}, 1},
		{"runnext/kernel/engine/yaegi", []string{"runnext/kernel/core", yaegi + "interp"}, 0},
		{"runnext/sim", []string{"container/heap", tools + "go/ssa"}, 1},
		{"runnext/sim/render", []string{"runnext/sim"}, 1},
		{"runnext/sim/render", []string{"runnext/sim/event"}, 0},
	}
	for _, tt := range tests {
		r, ok := ruleFor(tt.path)
		if !ok {
			t.Errorf("no rule for %s", tt.path)
			continue
		}
		if got := r.breaks(pkg{ImportPath: tt.path, Imports: tt.imports}); len(got) != tt.bad {
			t.Errorf("%s importing %v: %d breaks, want %d", tt.path, tt.imports, len(got), tt.bad)
		}
	}
}
