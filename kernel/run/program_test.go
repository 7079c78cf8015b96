package run

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what programs do into testdata")

// TestPrograms runs the archives of testdata. Each holds main.go and may hold
// args (one a line) and stdin; status, stdout and stderr are what a built
// program does. A section known says why it is not so yet. In stderr goroutines
// but the first have the number N, and addresses are 0x?.
func TestPrograms(t *testing.T) {
	c := carried(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			name, err := filepath.Abs(name)
			if err != nil {
				t.Fatal(err)
			}
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			section := map[string][]byte{}
			for _, f := range a.Files {
				section[f.Name] = f.Data
			}
			t.Chdir(t.TempDir())
			if err := os.WriteFile("main.go", section["main.go"], 0o666); err != nil {
				t.Fatal(err)
			}
			got := runMain(t, c, lines1(section["args"]), section["stdin"])
			if *update && section["known"] == nil {
				writeArchive(t, name, a, got)
				return
			}
			known, wrong := section["known"], false
			for _, what := range []string{"status", "stdout", "stderr"} {
				if want := string(section[what]); got[what] != want {
					wrong = true
					if known == nil {
						t.Errorf("%s:\n%s\nwant:\n%s", what, got[what], want)
					}
				}
			}
			if known != nil && !wrong {
				t.Error("is as it should be: remove the section known")
			}
		})
	}
}

func lines1(text []byte) []string {
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}

// What differs from run to run: numbers of goroutines, and addresses.
var (
	otherGoroutine = regexp.MustCompile(`(?m)^goroutine (?:[2-9]|1\d)\d* `)
	address        = regexp.MustCompile(`0x[0-9a-f]+`)
)

func runMain(t *testing.T, c Config, args []string, stdin []byte) map[string]string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status, err := Go(context.Background(), c, Program{
		File: "main.go", Args: args, Timeout: 20 * time.Second,
		Stdin: bytes.NewReader(stdin), Stdout: &stdout, Stderr: &stderr,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{"stdout": stdout.String(), "stderr": address.ReplaceAllString(otherGoroutine.ReplaceAllString(stderr.String(), "goroutine N "), "0x?")}
	if status != 0 {
		got["status"] = strconv.Itoa(status) + "\n"
	}
	return got
}

func writeArchive(t *testing.T, name string, a *txtar.Archive, got map[string]string) {
	t.Helper()
	var files []txtar.File
	for _, f := range a.Files {
		switch f.Name {
		case "status", "stdout", "stderr":
		default:
			files = append(files, f)
		}
	}
	for _, what := range []string{"status", "stdout", "stderr"} {
		if got[what] != "" {
			files = append(files, txtar.File{Name: what, Data: []byte(got[what])})
		}
	}
	if err := os.WriteFile(name, txtar.Format(&txtar.Archive{Comment: a.Comment, Files: files}), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestFileThatIsNotThere(t *testing.T) {
	_, err := Go(context.Background(), Config{}, Program{File: "testdata/none.go"})
	if err == nil || err.Error() != "run: testdata/none.go: no such file or directory" {
		t.Errorf("error %v", err)
	}
}

// Printing goes straight to the program's own descriptor; a million lines
// arrive, in order.
func TestManyLines(t *testing.T) {
	c := carried(t)
	t.Chdir(t.TempDir())
	const n = 1_000_000
	src := fmt.Sprintf("package main\n\nimport (\n\t\"bufio\"\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\tw := bufio.NewWriter(os.Stdout)\n\tdefer w.Flush()\n\tfor i := range %d {\n\t\tfmt.Fprintln(w, i)\n\t}\n}\n", n)
	if err := os.WriteFile("main.go", []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	got := runMain(t, c, nil, nil)
	at := 0
	for line := range strings.Lines(got["stdout"]) {
		if line != strconv.Itoa(at)+"\n" {
			t.Fatalf("line %d is %q", at, line)
		}
		at++
	}
	if at != n || got["status"] != "" {
		t.Errorf("%d lines, status %q, stderr %s", at, got["status"], got["stderr"])
	}
}
