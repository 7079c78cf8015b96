package kernel

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/engine/native"
	"runnext/kernel/engine/observe"
	"runnext/kernel/notebook"
)

// ownSources are the packages of this module that a built program may import,
// and what they are made of.
//
//go:embed lab/*.go display/*.go engine/*.go
var ownSources embed.FS

// programPackages gives the sources that built programs import besides the
// standard library, by import path.
func programPackages() (map[string][]byte, error) {
	all := map[string][]byte{}
	for dir, at := range map[string]string{"lab": "runnext/lab", "display": "runnext/kernel/display", "engine": "runnext/kernel/engine"} {
		names, err := fs.Glob(ownSources, dir+"/*.go")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || path.Base(name) == "symbols.go" {
				continue // for tests, and for an interpreter
			}
			data, err := ownSources.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("own source: %w", err)
			}
			all[path.Join(at, path.Base(name))] = data
		}
	}
	return all, nil
}

// servers gives what serves the cells that are built, and those whose run is
// observed.
func servers(n *native.Engine) []notebook.Server {
	o := observe.New(n.Toolchain())
	none := func(context.Context) error { return nil } // the toolchain is closed once
	return []notebook.Server{
		{
			Entry: n.Entry(), Close: n.Close,
			Serve: func(ctx context.Context, c engine.Cell, call directive.Call, nb *notebook.Notebook, out engine.Output) (engine.Outcome, *directive.Error) {
				return n.Serve(ctx, c, call, nb, out)
			},
		},
		{
			Entry: observe.TraceEntry(), Close: none,
			Serve: func(ctx context.Context, c engine.Cell, call directive.Call, nb *notebook.Notebook, out engine.Output) (engine.Outcome, *directive.Error) {
				return o.Trace(ctx, c, call, nb, out)
			},
		},
		{
			Entry: observe.SchedEntry(), Close: none,
			Serve: func(ctx context.Context, c engine.Cell, call directive.Call, nb *notebook.Notebook, out engine.Output) (engine.Outcome, *directive.Error) {
				return o.SchedTrace(ctx, c, call, nb, out)
			},
		},
		{
			Entry: observe.RaceEntry(), Close: none,
			Serve: func(ctx context.Context, c engine.Cell, call directive.Call, nb *notebook.Notebook, out engine.Output) (engine.Outcome, *directive.Error) {
				return o.Race(ctx, c, call, nb, out)
			},
		},
	}
}
