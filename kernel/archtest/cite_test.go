package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// cite matches the one form in which comments name a place in Go's source:
// version, file below src, line, and the name that stands there.
var cite = regexp.MustCompile(`(go1\.\d+(?:\.\d+)?) ([a-z0-9/_]+\.go):(\d+) ([A-Za-z_]\w*)`)

func TestCitationsHold(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	src := filepath.Join(strings.TrimSpace(string(root)), "src")
	if err == nil {
		_, err = os.Stat(src)
	}
	if err != nil {
		t.Skipf("no Go source: %v", err)
	}
	lines := map[string][]string{}
	seen := 0
	for name, data := range tracked(t) {
		if !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, "kernel/archtest/") {
			continue
		}
		for _, m := range cite.FindAllStringSubmatch(string(data), -1) {
			version, file, word := m[1], m[2], m[4]
			if version != runtime.Version() {
				continue // another release numbers its lines otherwise
			}
			seen++
			if lines[file] == nil {
				text, err := os.ReadFile(filepath.Join(src, filepath.FromSlash(file)))
				if err != nil {
					t.Errorf("%s cites %s: %v", name, file, err)
					continue
				}
				lines[file] = strings.Split(string(text), "\n")
			}
			n, err := strconv.Atoi(m[3])
			if err != nil || n < 1 || n > len(lines[file]) {
				t.Errorf("%s cites %s:%s, which has %d lines", name, file, m[3], len(lines[file]))
			} else if !strings.Contains(lines[file][n-1], word) {
				t.Errorf("%s cites %s:%d for %s, where %q stands", name, file, n, word, strings.TrimSpace(lines[file][n-1]))
			}
		}
	}
	t.Logf("%d citations of %s", seen, runtime.Version())
}

func TestCiteReadsTheForm(t *testing.T) {
	m := cite.FindStringSubmatch("// go1.26.8 runtime/proc.go:7478 runqput")
	if len(m) != 5 || m[2] != "runtime/proc.go" || m[3] != "7478" || m[4] != "runqput" {
		t.Errorf("read %q", m)
	}
}
