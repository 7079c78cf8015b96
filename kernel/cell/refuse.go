package cell

import (
	"go/ast"
	"go/token"
	"strings"
)

// refuseImport turns away imports that no cell may have.
func (b *build) refuseImport(spec *ast.ImportSpec, path string) bool {
	if path == "C" {
		b.fail(spec.Path.Pos(), refusedMark+`import "C": cells cannot call C`)
		return true
	}
	return false
}

// refusedPragmas finds compiler directives that mean something a cell cannot
// have. The others are comments.
func (n *Notebook) refusedPragmas(src *source) []problem {
	var errs []problem
	if src.compiled {
		return nil
	}
	for _, p := range src.split.pragmas {
		word, _, _ := strings.Cut(p.text, " ")
		switch word {
		case "//go:linkname", "//go:embed", "//go:wasmimport", "//go:wasmexport", "//export":
			errs = append(errs, problem{
				pos: token.Pos(src.file.Base() + p.offset),
				msg: refusedMark + word + ": cells cannot use it",
			})
		}
	}
	return errs
}

func refusalHint(msg string) (why, try string) {
	why = "A cell's values are kept by an interpreter, not laid out in memory as the compiler does it."
	switch {
	case strings.Contains(msg, "cannot be named"):
		return "A variable at the top of a cell is kept for later cells, which must be able to name its type.", "Define it inside a block or a function."
	case strings.Contains(msg, `"C"`), strings.Contains(msg, "//"):
		why = "It needs the compiler and linker; the kernel has neither."
	}
	return why, "In a program of its own, go run builds it."
}
