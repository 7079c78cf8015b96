package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// observation is one way in which runs of a program went, and how many did.
type observation struct {
	stdout, stderr, states string // of stderr the first line
	exit, count            int
}

// observe builds the program and gives the most frequent way in which it goes;
// with at it reads the states at the calls of that function.
func observe(src []byte, at string, runs int) (observation, error) {
	dir, err := os.MkdirTemp("", "record")
	if err != nil {
		return observation{}, err
	}
	defer os.RemoveAll(dir)
	files := map[string][]byte{"go.mod": []byte("module main\n\ngo 1.26\n"), "main.go": src}
	if at != "" {
		if err := instrument(dir, files, at); err != nil {
			return observation{}, err
		}
	}
	bin := filepath.Join(dir, "prog")
	if err := build(dir, bin, files); err != nil {
		return observation{}, err
	}
	states := filepath.Join(dir, "states")
	seen := map[observationKey]int{}
	for range runs {
		o, err := once(bin, states)
		if err != nil {
			return observation{}, err
		}
		seen[o]++
	}
	var all []observation
	for k, n := range seen {
		all = append(all, observation{stdout: k.stdout, stderr: k.stderr, states: k.states, exit: k.exit, count: n})
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].count != all[j].count {
			return all[i].count > all[j].count
		}
		return all[i].stdout+all[i].states < all[j].stdout+all[j].states
	})
	return all[0], nil
}

type observationKey struct {
	stdout, stderr, states string
	exit                   int
}

func once(bin, states string) (observationKey, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(bin)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "PEEK="+states)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := os.WriteFile(states, nil, 0o666); err != nil {
		return observationKey{}, err
	}
	var failed *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &failed) {
		return observationKey{}, err
	}
	text, err := os.ReadFile(states)
	if err != nil {
		return observationKey{}, err
	}
	first, _, _ := strings.Cut(stderr.String(), "\n")
	return observationKey{stdout.String(), first, strings.TrimRight(string(text), "\x00"), cmd.ProcessState.ExitCode()}, nil
}

func build(dir, bin string, files map[string][]byte) error {
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			return err
		}
	}
	cmd := exec.Command("go", "build", "-ldflags=-checklinkname=0", "-o", bin, ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}
