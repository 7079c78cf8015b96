package run

import (
	"fmt"
	"go/token"

	"runnext/kernel/core"
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
	return Config{Importer: importer, Path: path, Args: args, Emit: core.NewBuilder(importer).Encode}, nil
}
