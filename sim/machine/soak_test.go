package machine_test

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"runnext/sim/machine"
	"runnext/sim/verify"
)

// TestSoak runs programs nobody would write, within narrow limits: random ones,
// and all those of testdata with statements, operators and numbers changed. The
// machine comes back with a status, keeps its limits, and its log holds. A few
// are run each time; RUNNEXT_SOAK says for how long, as in 10m, and
// RUNNEXT_SEED repeats a soak. What is about to run lies in a file, so that a
// program that never comes back is known.
func TestSoak(t *testing.T) {
	end, seed := time.Time{}, uint64(1)
	if text := os.Getenv("RUNNEXT_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		end = time.Now().Add(d)
		seed = uint64(time.Now().UnixNano())
		if text := os.Getenv("RUNNEXT_SEED"); text != "" {
			if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("seed %d", seed)
	}
	last := filepath.Join(t.ArtifactDir(), "soak.go")
	t.Logf("the program that runs lies in %s", last)
	r := rand.New(rand.NewPCG(seed, 1))
	var list [][]byte
	for _, p := range programs(t) {
		list = append(list, p.src)
	}
	for _, pattern := range []string{"testdata/probes/*.go.txt", "testdata/oracle/*/main.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no programs %s: %v", pattern, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, src)
		}
	}
	ran := 0
	for n := 0; n < 40 || time.Now().Before(end); n++ {
		if n%8 == 7 {
			library = nil // it keeps every program it was asked about
		}
		var src []byte
		if n%4 == 0 {
			data := make([]byte, 1+r.IntN(200))
			for i := range data {
				data[i] = byte(r.Uint32())
			}
			src = writeProgram(data)
		} else {
			src = mutate(r, list[r.IntN(len(list))])
		}
		if err := os.WriteFile(last, src, 0o600); err != nil {
			t.Fatal(err)
		}
		if soak(t, src, 1+r.IntN(3)*r.IntN(4), r.Uint64()) {
			ran++
		}
	}
	t.Logf("%d programs ran", ran)
}

// soak reports whether the program could be run.
func soak(t *testing.T, src []byte, procs int, seed uint64) bool {
	if _, err := loader.Program("soak.go", src); err != nil {
		return false // it does not compile
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	began := time.Now()
	o, err := runWithin(ctx, t, "soak.go", src, func(c *machine.Config) {
		c.P, c.Seed, c.MaxEvents = procs, seed, 20_000
		c.Steps, c.Goroutines, c.Heap, c.Output = 20_000, 5_000, 256<<20, 1<<20
	})
	switch late := time.Since(began); {
	case err != nil && !errors.Is(err, machine.ErrRefused):
		t.Errorf("%d Ps, seed %d: %v\n%s", procs, seed, err, src)
	case ctx.Err() != nil && late > time.Minute:
		t.Errorf("%d Ps, seed %d: cut after %v\n%s", procs, seed, late, src)
	}
	if err == nil {
		for _, v := range verify.Check(o.res.Log) {
			t.Errorf("%d Ps, seed %d: %v\n%s", procs, seed, v, src)
			break
		}
	}
	return true
}

// holds tells whether a list of statements is part of a statement.
func holds(stmt ast.Stmt, list *[]ast.Stmt) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			found = found || &n.List == list
		case *ast.CaseClause:
			found = found || &n.Body == list
		case *ast.CommClause:
			found = found || &n.Body == list
		}
		return !found
	})
	return found
}

// mutate changes a program here and there; often it compiles afterwards.
func mutate(r *rand.Rand, src []byte) []byte {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "soak.go", src, parser.SkipObjectResolution)
	if err != nil {
		return src
	}
	var blocks []*[]ast.Stmt
	var numbers []*ast.BasicLit
	var operators []*ast.BinaryExpr
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			blocks = append(blocks, &n.List)
		case *ast.CaseClause:
			blocks = append(blocks, &n.Body)
		case *ast.CommClause:
			blocks = append(blocks, &n.Body)
		case *ast.BasicLit:
			if n.Kind == token.INT {
				numbers = append(numbers, n)
			}
		case *ast.BinaryExpr:
			operators = append(operators, n)
		}
		return true
	})
	for range 1 + r.IntN(3) {
		switch r.IntN(6) {
		case 0: // a statement goes
			if b := blocks[r.IntN(len(blocks))]; len(*b) > 0 {
				i := r.IntN(len(*b))
				*b = append(append([]ast.Stmt{}, (*b)[:i]...), (*b)[i+1:]...)
			}
		case 1: // two change places
			if b := blocks[r.IntN(len(blocks))]; len(*b) > 1 {
				i, j := r.IntN(len(*b)), r.IntN(len(*b))
				(*b)[i], (*b)[j] = (*b)[j], (*b)[i]
			}
		case 2: // one comes twice
			if b := blocks[r.IntN(len(blocks))]; len(*b) > 0 {
				i := r.IntN(len(*b))
				*b = append(append(append([]ast.Stmt{}, (*b)[:i+1]...), (*b)[i]), (*b)[i+1:]...)
			}
		case 3: // one from elsewhere
			if a, b := blocks[r.IntN(len(blocks))], blocks[r.IntN(len(blocks))]; len(*a) > 0 {
				i, stmt := r.IntN(len(*b)+1), (*a)[r.IntN(len(*a))]
				if holds(stmt, b) {
					break // it would hold itself, and be printed without end
				}
				*b = append(append(append([]ast.Stmt{}, (*b)[:i]...), stmt), (*b)[i:]...)
			}
		case 4:
			if len(numbers) > 0 {
				n := []int{0, 1, 2, 7, 61, 255, 256, 257, 100_000, 1 << 31, 1 << 62}[r.IntN(11)]
				numbers[r.IntN(len(numbers))].Value = strconv.Itoa(n)
			}
		case 5:
			if len(operators) > 0 {
				x := operators[r.IntN(len(operators))]
				for _, group := range [][]token.Token{
					{token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.AND, token.OR, token.XOR, token.SHL, token.SHR},
					{token.EQL, token.NEQ, token.LSS, token.GTR, token.LEQ, token.GEQ}, {token.LAND, token.LOR},
				} {
					for _, op := range group {
						if op == x.Op {
							x.Op = group[r.IntN(len(group))]
							break
						}
					}
				}
			}
		}
	}
	var b bytes.Buffer
	if format.Node(&b, fset, f) != nil {
		return src
	}
	return b.Bytes()
}
