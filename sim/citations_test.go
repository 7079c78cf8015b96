package sim_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

const citedVersion = "go1.26.8"

var citation = regexp.MustCompile(citedVersion + ` (\S+\.(?:go|s)):(\d+) ([^\s",]+(?: struct)?)`)

// TestCitations opens the toolchain's own tree and requires each line that is
// cited anywhere below this folder to contain the name it is cited for.
func TestCitations(t *testing.T) {
	if runtime.Version() != citedVersion {
		t.Logf("the citations are of %s, this is %s: nothing to compare with", citedVersion, runtime.Version())
		return
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Logf("no toolchain to ask for its tree: %v", err)
		return
	}
	root := strings.TrimSpace(string(out))
	tree := map[string][]string{}
	seen := 0
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, c := range citation.FindAllStringSubmatch(string(src), -1) {
			seen++
			if err := checkCitation(root, tree, c[1], c[2], c[3]); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 {
		t.Errorf("found %d citations, want at least 100: does the pattern still match?", seen)
	}
}

func checkCitation(root string, tree map[string][]string, file, line, name string) error {
	lines, ok := tree[file]
	if !ok {
		src, err := os.ReadFile(filepath.Join(root, "src", filepath.FromSlash(file)))
		if err != nil {
			return fmt.Errorf("cites %s: %w", file, err)
		}
		lines = strings.Split(string(src), "\n")
		tree[file] = lines
	}
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 || n > len(lines) {
		return fmt.Errorf("cites %s:%s, which has %d lines", file, line, len(lines))
	}
	if !strings.Contains(lines[n-1], name) {
		return fmt.Errorf("cites %s:%s for %s, but the line is %q", file, line, name, strings.TrimSpace(lines[n-1]))
	}
	return nil
}
