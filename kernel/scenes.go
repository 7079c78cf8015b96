package kernel

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"runnext/kernel/display"
	"runnext/kernel/engine"
	"runnext/kernel/simulate"
	"runnext/kernel/std"
	"runnext/sim/render"
	"runnext/sim/scene"
)

// scenes gives the simulator's named scenes to %gmp.
type scenes struct{ library *std.Library }

// List shows what a learner may choose from.
func (scenes) List() engine.Bundle {
	t := display.Table{Headers: []string{"scene", "what it shows"}}
	list, err := scene.List()
	if err != nil {
		t.Rows = append(t.Rows, []string{"", err.Error()})
	}
	for _, s := range list {
		t.Rows = append(t.Rows, []string{"%gmp " + s.Name, s.Title})
	}
	return t.Bundle()
}

// Play takes NAME [-seed N]; what is drawn is named after where it stands, so
// that a scene may be played twice on one page.
func (s scenes) Play(ctx context.Context, where, name string, args []string) (engine.Bundle, error) {
	seed := uint64(1)
	for i := 0; i < len(args); i++ {
		if strings.TrimLeft(args[i], "-") != "seed" || i+1 == len(args) {
			return engine.Bundle{}, fmt.Errorf("%%gmp %s takes -seed N, not %q", name, args[i])
		}
		i++
		n, err := strconv.ParseUint(args[i], 10, 64)
		if err != nil {
			return engine.Bundle{}, fmt.Errorf("-seed takes a whole number, not %q", args[i])
		}
		seed = n
	}
	sc, err := scene.Find(name)
	if err != nil {
		return engine.Bundle{}, err
	}
	played, err := simulate.Scene(ctx, s.library, sc, seed)
	if err != nil {
		return engine.Bundle{}, err
	}
	played.Story.ID += "-" + where
	return engine.Bundle{Data: map[string]any{
		"text/plain": render.Text(played.Story),
		"text/html":  render.HTML(played.Story),
	}}, nil
}
