package run

import (
	"fmt"
	"go/token"

	"runnext/kernel/cell"
	"runnext/kernel/core"
	"runnext/kernel/engine"
	"runnext/kernel/std"
)

// Carried gives the Config with the standard library that this binary carries.
// path and args start a process that calls [Child].
func Carried(path string, args ...string) (Config, error) {
	library, err := std.Carried()
	if err != nil {
		return Config{}, fmt.Errorf("run: %w", err)
	}
	importer := library.Importer(token.NewFileSet())
	builder := core.NewBuilder(importer)
	return Config{Importer: importer, Path: path, Args: args, Emit: func(c *cell.Checked) ([]byte, *engine.Failure) {
		p, failure := builder.Emit(core.InputOf(c))
		if failure != nil {
			return nil, failure
		}
		code, err := p.Encode()
		if err != nil {
			return nil, &engine.Failure{Kind: engine.KindRefused, Text: err.Error()}
		}
		return code, nil
	}}, nil
}
