package archtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// top is everything that may stand at the top of the tree.
var top = []string{".ci", ".gitattributes", ".gitignore", "LICENSE", "Makefile", "README.md",
	"go.mod", "go.sum", "install", "kernel", "lessons", "sim"}

const maxLines = 400

// tracked reads every file that git tracks, by slash path.
func tracked(t *testing.T) map[string][]byte {
	t.Helper()
	root := filepath.Join("..", "..")
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("not a git checkout: %v", err)
	}
	files := map[string][]byte{}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if os.IsNotExist(err) {
			continue // deleted, not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	return files
}

func TestTop(t *testing.T) {
	for name := range tracked(t) {
		if first, _, _ := strings.Cut(name, "/"); !slices.Contains(top, first) {
			t.Errorf("%s: nothing called %s stands at the top", name, first)
		}
	}
}

// written tells whether a file is one that people write and read: what tools
// lock, record or draw may be as long as it must.
func written(name string, data []byte) bool {
	switch path.Base(name) {
	case "go.sum", "requirements.txt":
		return false
	}
	switch path.Ext(name) {
	case ".ipynb", ".jsonl", ".golden", ".html", ".svg", ".toml":
		return false
	}
	return utf8.Valid(data)
}

func TestNoFileIsTooLong(t *testing.T) {
	for name, data := range tracked(t) {
		if n := bytes.Count(data, []byte("\n")); written(name, data) && n > maxLines {
			t.Errorf("%s has %d lines, more than %d", name, n, maxLines)
		}
	}
}

// outside matches what names one machine or one registry. The words are put
// together here so that this file does not match itself.
var outside = regexp.MustCompile(strings.Join([]string{
	"(^|[\\s\"'`=:(,])/" + `root/`,
	"(^|[\\s\"'`=:(,])/" + `work/(main|shared|brief|\.library)`,
	`/usr/local/` + `go/`,
	`proxy\.` + `golang\.org`, `sum\.` + `golang\.org`,
	`pypi` + `\.org`, `files\.python` + `hosted`,
	`registry\.` + `npmjs`, `deb\.` + `debian\.org`,
	`--(extra-)?index-` + `url`,
}, "|"))

func TestNothingNamesAMachineOrARegistry(t *testing.T) {
	for name, data := range tracked(t) {
		if !utf8.Valid(data) {
			continue
		}
		for i, line := range bytes.Split(data, []byte("\n")) {
			if m := outside.Find(line); m != nil {
				t.Errorf("%s:%d: names %q", name, i+1, bytes.TrimSpace(m))
			}
		}
	}
}

func TestOutsideSeesWhatItLooksFor(t *testing.T) {
	for text, want := range map[string]bool{
		"cd /" + "root/x": true, "see /" + "work/main": true, "/" + "work/" + "main.go": true,
		"https://" + "pypi" + ".org/simple": true, "https://" + "proxy.golang" + ".org": true,
		"chroot/x": false, "network/main": false, "out/work/main": false, "/usr/bin/chromium": false,
	} {
		if got := outside.MatchString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestWhatReadmeShowsIsThere(t *testing.T) {
	root := filepath.Join("..", "..")
	data, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllSubmatch(data, -1) {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(string(m[1])))); err != nil {
			t.Errorf("README.md points at %s: %v", m[1], err)
		}
	}
}

// The Makefile is read by people who want one command.
func TestMakefileStaysShort(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("\n")); n > 60 {
		t.Errorf("Makefile has %d lines, more than 60", n)
	}
	for _, target := range strings.Fields("lab build test full bench corpus lint install uninstall clean help") {
		re := regexp.MustCompile(fmt.Sprintf(`(?m)^%s:.*## \S`, target))
		if !re.Match(data) {
			t.Errorf("target %s is missing, or help does not tell what it is", target)
		}
	}
}
