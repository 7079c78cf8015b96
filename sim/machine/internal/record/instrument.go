package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"sort"
	"strings"
)

// instrument adds to a program's files what writes the states: main.main is
// called from one that looks before and after it.
func instrument(dir string, files map[string][]byte, at string) error {
	offsets, err := layout(dir)
	if err != nil {
		return err
	}
	src := files["main.go"]
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "main.go", src, 0)
	if err != nil {
		return err
	}
	type edit struct {
		at, drop int
		text     string
	}
	var edits []edit
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		switch {
		case !ok || fn.Body == nil:
		case fn.Recv == nil && fn.Name.Name == "main":
			edits = append(edits, edit{fset.Position(fn.Name.Pos()).Offset, 4, "peekMain"})
		case fn.Name.Name == at:
			edits = append(edits, edit{fset.Position(fn.Body.Lbrace).Offset + 1, 0, ` peek("` + at + `"); `})
		}
	}
	sort.Slice(edits, func(i, j int) bool { return edits[i].at > edits[j].at })
	for _, e := range edits {
		src = []byte(string(src[:e.at]) + e.text + string(src[e.at+e.drop:]))
	}
	files["main.go"] = src
	files["peek.go"] = []byte(peekSource + offsets)
	files["peek_amd64.s"] = []byte(peekAsm)
	return nil
}

// fields are what peek reads; each becomes a constant with its offset.
var fields = map[string][]string{
	"runtime.g":      {"goid", "atomicstatus", "waitreason", "schedlink", "m"},
	"runtime.m":      {"curg"},
	"runtime.p":      {"schedtick", "runqhead", "runqtail", "runq", "runnext", "timers", "m"},
	"runtime.timers": {"heap"},
	"runtime.schedt": {"runq"},
}

// layout gives the offsets of fields in the toolchain's runtime as constants,
// and the names of the wait reasons.
func layout(dir string) (string, error) {
	bin := filepath.Join(dir, "layout")
	err := build(dir, bin, map[string][]byte{"go.mod": []byte("module main\n"), "main.go": []byte("package main\n\nfunc main() {}\n")})
	if err != nil {
		return "", err
	}
	f, err := elf.Open(bin)
	if err != nil {
		return "", err
	}
	defer f.Close()
	d, err := f.DWARF()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	found := 0
	for r := d.Reader(); ; {
		e, err := r.Next()
		if err != nil {
			return "", err
		}
		if e == nil {
			break
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		if e.Tag != dwarf.TagStructType || fields[name] == nil {
			continue
		}
		t, err := d.Type(e.Offset)
		if err != nil {
			return "", err
		}
		for _, field := range t.(*dwarf.StructType).Field {
			for _, want := range fields[name] {
				if field.Name == want {
					found++
					fmt.Fprintf(&b, "const peek_%s_%s = %d\n", strings.TrimPrefix(name, "runtime."), want, field.ByteOffset)
				}
			}
		}
	}
	if found != 15 {
		return "", fmt.Errorf("%d of the runtime's fields found:\n%s", found, &b)
	}
	return b.String(), nil
}
