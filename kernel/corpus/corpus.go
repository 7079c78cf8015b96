// Package corpus holds programs against Go: each is built by the Go toolchain
// and run, and run by runnext, and exit status and standard output must be the
// same. The programs are small ones about one feature each, kept here with what
// they print, and Go's own tests, read from GOROOT. Those that fail stand in
// known.txt with a reason; the list only shrinks.
//
// The package runs nothing by itself: its tests do. What the engine's parts do
// is tested beside them.
package corpus

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// Program is one of the corpus.
type Program struct {
	Name   string // folder/name without .go; the folders are probes and those of GOROOT/test
	File   string // where it stands, "" for a probe
	Source []byte
	Want   *Result // of a probe: what a built program does
}

// Probes reads the programs of one feature from a folder of txtar archives.
func Probes(dir string) ([]Program, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var all []Program
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			return nil, fmt.Errorf("probe: %w", err)
		}
		if len(a.Files) != 2 || a.Files[0].Name != "main.go" || a.Files[1].Name != "want" {
			return nil, fmt.Errorf("probe %s: want main.go and want", f)
		}
		all = append(all, Program{
			Name:   "probes/" + strings.TrimSuffix(filepath.Base(f), ".txtar"),
			Source: a.Files[0].Data, Want: &Result{Stdout: a.Files[1].Data},
		})
	}
	return all, nil
}

// Folders are the parts of GOROOT/test that are read: all programs of some, and
// of fixedbugs those that are listed.
var Folders = []string{"chan", "ken", "typeparam", "test", "fixedbugs"}

// Goroot reads the programs of one folder below root, which is GOROOT/test;
// "test" is root itself. They are single files that begin with the line "// run".
// listed, when not nil, names those that are taken.
func Goroot(root, folder string, listed []string) ([]Program, error) {
	dir := filepath.Join(root, folder)
	if folder == "test" {
		dir = root
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no programs in %s: this Go installation has no test folder", dir)
	}
	for _, name := range listed {
		if !slices.Contains(files, filepath.Join(dir, name)) {
			return nil, fmt.Errorf("%s is listed and not in %s", name, dir)
		}
	}
	var all []Program
	for _, f := range files {
		base := filepath.Base(f)
		if listed != nil && !slices.Contains(listed, base) {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if first, _, _ := bytes.Cut(text, []byte("\n")); string(first) != "// run" {
			continue
		}
		all = append(all, Program{Name: path.Join(folder, strings.TrimSuffix(base, ".go")), File: f, Source: text})
	}
	return all, nil
}

// Lines reads a list: one entry a line, # begins a comment.
func Lines(text []byte) []string {
	var out []string
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}
