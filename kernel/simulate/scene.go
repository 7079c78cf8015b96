package simulate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"runnext/kernel/std"
	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/scene"
)

// Bounds of a scene, which is a small program: they hold against a seed nobody
// has tried.
const (
	sceneSteps  = 20_000
	sceneTime   = 10 * time.Second
	sceneTables = 300
)

// Played is a run of a scene.
type Played struct {
	Story *event.Story // with the notes of the scene's author
	Left  []scene.Note // those that fit no step
	Log   *event.Log
}

// Scene runs the program of a scene and tells its story.
func Scene(ctx context.Context, l *std.Library, s scene.Scene, seed uint64) (*Played, error) {
	prog := load(l, "main.go", s.Code)
	if prog.problems != nil {
		return nil, fmt.Errorf("scene %s: %s", s.Name, prog.problems[0])
	}
	var printed bytes.Buffer
	cfg := machine.Config{P: s.P, Seed: seed, Steps: sceneSteps, Stdout: &printed, Stderr: io.Discard, Log: true,
		Program: prog.program, Main: prog.main}
	ctx, stop := context.WithTimeout(ctx, sceneTime)
	defer stop()
	res, err := machine.Run(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("scene %s: %w", s.Name, err)
	}
	told := event.Tell(res.Log, sceneTables)
	left := s.Annotate(&told)
	told.ID = fmt.Sprintf("scene-%s-%d", s.Name, seed)
	told.Intro = s.Intro
	// On the last step: whoever is to predict it must not read it before the first.
	if out := strings.Join(strings.Fields(printed.String()), " "); out != "" && len(told.Steps) > 0 {
		last := &told.Steps[len(told.Steps)-1]
		last.Note = strings.TrimSpace(last.Note + " In the end the program has printed: " + out + ".")
	}
	return &Played{&told, left, res.Log}, nil
}
