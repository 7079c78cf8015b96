package simulate

import (
	"bytes"
	"context"
	"fmt"
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
	var printed, ended bytes.Buffer
	cfg := machine.Config{P: s.P, Seed: seed, Steps: sceneSteps, Stdout: &printed, Stderr: &ended, Log: true,
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
	if out := strings.Join(strings.Fields(printed.String()), " "); out != "" {
		told.Intro += " It prints: " + out + "."
	}
	if first, _, _ := strings.Cut(ended.String(), "\n"); first != "" {
		told.Intro += " It ends with " + first
	}
	return &Played{&told, left, res.Log}, nil
}
