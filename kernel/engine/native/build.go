package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// Build says how a program is built.
type Build struct {
	Race bool
	// Trace has the program write an execution trace to the file that
	// [Run.Trace] names.
	Trace bool
}

// Program is a cell that has been built. It is run once or more, each time in
// a process of its own, and then closed.
type Program struct {
	t      *Toolchain
	dir    string
	binary string
	cell   int
	race   bool
	guard  *guard
	linger <-chan struct{} // closed when an interrupted run has ended
}

// Close removes the program. It must not be called before Run has returned.
func (p *Program) Close() {
	if p.linger == nil {
		p.guard.release()
		return
	}
	p.t.running.Go(func() {
		<-p.linger
		p.guard.release()
	})
}

// Build makes a program of a checked cell, which must not be used afterwards.
// The failure is the cell's, or says in a line what this machine lacks.
func (t *Toolchain) Build(ctx context.Context, c *cell.Checked, b Build) (*Program, *engine.Failure) {
	if !supported {
		return nil, &engine.Failure{Kind: engine.KindRefused, Text: "cells are not built on " + runtime.GOOS}
	}
	src, failure := write(c, b.Trace)
	if failure != nil {
		return nil, failure
	}
	g, s, failure := t.find(ctx)
	if failure != nil {
		return nil, at(c.Number, failure)
	}
	if b.Race {
		if why := g.canRace(exec.LookPath); why != "" {
			return nil, at(c.Number, &engine.Failure{Kind: engine.KindRefused, Text: why})
		}
	}
	files := map[string][]byte{"main.go": src.text}
	if src.value {
		files["value.go"] = []byte(valueFile)
		src.imports = append(src.imports, "encoding/json", "fmt", "os", "strconv", "strings")
	}
	if b.Trace {
		files["trace.go"] = []byte(traceFile)
		src.imports = append(src.imports, "os", "runtime/trace")
	}
	pkgs, err := s.exports(ctx, g, src.imports, b.Race)
	if err != nil {
		return nil, t.buildFailure(ctx, c.Number, err)
	}
	gd, err := newGuard(s.root)
	if err != nil {
		return nil, t.buildFailure(ctx, c.Number, err)
	}
	p := &Program{t: t, dir: gd.dir, binary: filepath.Join(gd.dir, "cell"), cell: c.Number, race: b.Race, guard: gd}
	if err := p.compile(ctx, g, files, pkgs); err != nil {
		p.Close()
		return nil, t.buildFailure(ctx, c.Number, err)
	}
	return p, nil
}

// compile runs the compiler on the program alone, and the linker.
func (p *Program) compile(ctx context.Context, g *goTool, files map[string][]byte, pkgs []export) error {
	var list strings.Builder
	for _, e := range pkgs {
		fmt.Fprintf(&list, "packagefile %s=%s\n", e.path, e.file)
	}
	files["importcfg"] = []byte(list.String())
	var sources []string
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(p.dir, name), data, 0o600); err != nil {
			return err
		}
		if strings.HasSuffix(name, ".go") {
			sources = append(sources, name)
		}
	}
	args := []string{"-p", "main", "-lang", "go1.26", "-importcfg", "importcfg", "-trimpath", p.dir, "-pack", "-o", "main.a", "-c", strconv.Itoa(runtime.NumCPU())}
	if p.race {
		args = append(args, "-race")
	}
	if err := p.tool(ctx, g, "compile", append(args, sources...)); err != nil {
		return err
	}
	// Without the symbol table of debuggers: what a traceback needs is
	// elsewhere, and linking takes half the time.
	args = []string{"-importcfg", "importcfg", "-buildmode=exe", "-w", "-o", p.binary}
	if p.race {
		args = append(args, "-race", "-installsuffix", "race", "-extld", strings.Fields(g.CC)[0])
	}
	return p.tool(ctx, g, "link", append(args, "main.a"))
}

// toolError is what a tool has to say.
type toolError struct {
	tool string
	text string
}

func (e toolError) Error() string { return e.tool + ": " + e.text }

func (p *Program) tool(ctx context.Context, g *goTool, name string, args []string) error {
	cmd := exec.CommandContext(ctx, g.tool(name), args...)
	cmd.Dir, cmd.Env = p.dir, append(g.env, "TMPDIR="+p.dir)
	p.guard.join(cmd)
	cmd.Cancel = func() error {
		p.guard.signal(cmd, killSignal)
		return nil
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case out.Len() > 0:
		return toolError{name, strings.TrimSpace(out.String())}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// told is one error of the compiler: the place, whose column may be missing.
var told = regexp.MustCompile(`^\[cell (\d+)\]:(\d+)(?::(\d+))?: (.*)$`)

// buildFailure tells what kept a program from being built.
func (t *Toolchain) buildFailure(ctx context.Context, number int, err error) *engine.Failure {
	if ctx.Err() != nil {
		return &engine.Failure{Kind: engine.KindInterrupted, Text: "interrupted"}
	}
	f := &engine.Failure{Kind: engine.KindCompile}
	var said toolError
	if errors.As(err, &said) {
		for line := range strings.SplitSeq(said.text, "\n") {
			m := told.FindStringSubmatch(line)
			if m == nil {
				f.Detail = append(f.Detail, shown(line))
				continue
			}
			place := engine.Place{Column: 1, Text: shown(m[4])}
			place.Cell, _ = strconv.Atoi(m[1])
			place.Line, _ = strconv.Atoi(m[2])
			if m[3] != "" {
				place.Column, _ = strconv.Atoi(m[3])
			}
			f.Places = append(f.Places, place)
		}
		if len(f.Places) > 0 {
			f.Text = f.Places[0].Text
			f.Why = "Go's compiler refuses the program that was made of the cell."
			return f
		}
	}
	f.Kind = engine.KindRefused
	f.Text, _, _ = strings.Cut("the cell could not be built: "+err.Error(), "\n")
	if len(f.Detail) == 0 {
		_, rest, _ := strings.Cut(err.Error(), "\n")
		if rest != "" {
			f.Detail = strings.Split(rest, "\n")
		}
	}
	return at(number, f)
}

// at gives a failure without a place the cell as its place.
func at(number int, f *engine.Failure) *engine.Failure {
	if len(f.Places) == 0 {
		f.Places = []engine.Place{{Cell: number, Line: 1, Column: 1}}
	}
	return f
}
