package cell

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"sort"
	"strings"

	"runnext/kernel/engine"
)

// Marks that sort a problem without a type of its own.
const (
	refusedMark = "\x00" // the rest is said as a refusal
	noPackage   = "\x00package is not carried: "
)

// sorted orders problems by place and leaves lines that go on (they begin with
// a tab) behind the one they belong to.
func sorted(errs []problem) []problem {
	type group struct {
		pos  token.Pos
		errs []problem
	}
	var groups []group
	for _, p := range errs {
		if strings.HasPrefix(p.msg, "\t") && len(groups) > 0 {
			g := &groups[len(groups)-1]
			g.errs = append(g.errs, p)
			continue
		}
		groups = append(groups, group{p.pos, []problem{p}})
	}
	sort.SliceStable(groups, func(i, j int) bool { return groups[i].pos < groups[j].pos })
	var out []problem
	for _, g := range groups {
		out = append(out, g.errs...)
	}
	return out
}

// failure puts all that is wrong with a cell into a learner's words. a is nil
// when the cell was not checked.
func (n *Notebook) failure(src *source, a *attempt, errs []problem) *engine.Failure {
	f := &engine.Failure{Kind: engine.KindCompile}
	errs = sorted(errs)
	for _, p := range errs {
		if strings.HasPrefix(p.msg, refusedMark) {
			f.Kind = engine.KindRefused
		}
	}
	for _, p := range errs {
		if f.Kind == engine.KindRefused && !strings.HasPrefix(p.msg, refusedMark) {
			continue
		}
		msg := Shown(n.named(strings.TrimPrefix(p.msg, refusedMark)))
		if path, ok := strings.CutPrefix(p.msg, noPackage); ok {
			msg = fmt.Sprintf("package %s is not one that this kernel carries", path)
		}
		place := n.place(src, p.pos)
		place.Text = strings.TrimPrefix(msg, "\t")
		f.Places = append(f.Places, place)
		if f.Text == "" {
			f.Text, _, _ = strings.Cut(msg, "\n")
		}
	}
	if a != nil && len(a.stale) > 0 {
		n.explainStale(src, a, f)
		return f
	}
	for _, p := range errs {
		if f.Why, f.Try = n.hint(src, a, p); f.Why != "" || f.Try != "" {
			break
		}
	}
	return f
}

// place gives the position of a problem; the file of a failed cell may be gone
// from the FileSet by the time others ask.
func (n *Notebook) place(src *source, pos token.Pos) engine.Place {
	if int(pos) >= src.file.Base() && int(pos) <= src.file.Base()+src.file.Size() {
		p := src.file.PositionFor(pos, false)
		return engine.Place{Cell: src.number, Line: p.Line, Column: p.Column}
	}
	return placeOf(n.fset, pos)
}

// explainStale names the places that do not fit each other any more.
func (n *Notebook) explainStale(src *source, a *attempt, f *engine.Failure) {
	s := a.stale[0]
	renewed := a.b.renewed(s.inst)
	for _, d := range renewed {
		place := n.place(src, d.pos)
		place.Text = d.base + " was declared again here"
		f.Places = append(f.Places, place)
	}
	if at := a.usedAt(s.inst); at != token.NoPos {
		place := n.place(src, at)
		place.Text = s.inst.unit.fn().Name.Name + " is used here"
		f.Places = append(f.Places, place)
	}
	title := s.inst.unit.title()
	if len(renewed) > 0 {
		f.Why = fmt.Sprintf("The %s uses %s as it was then; cell %d declares it differently.", title, renewed[0].base, renewed[0].cell)
	} else {
		f.Why = fmt.Sprintf("The %s does not fit what the notebook has declared since.", title)
	}
	f.Try = fmt.Sprintf("Change cell %d to fit and run it again.", s.inst.unit.cell)
}

// named puts the names of types that only an alias can name into a message.
func (n *Notebook) named(msg string) string {
	if !strings.Contains(msg, alienPath) {
		return msg
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for name, t := range n.aliens {
		text := types.TypeString(t, (*types.Package).Name)
		msg = regexp.MustCompile(regexp.QuoteMeta(alienPath+"."+name)+`\b`).ReplaceAllLiteralString(msg, text)
	}
	return msg
}
