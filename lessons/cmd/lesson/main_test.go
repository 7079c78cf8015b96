package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	source, err := os.ReadFile("../../en/00_start.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	good := filepath.Join(dir, "00_start.ipynb")
	// As JupyterLab leaves it: run, and with one line broken.
	dirty := strings.Replace(string(source), `"execution_count": null`, `"execution_count": 3`, 1)
	dirty = strings.Replace(dirty, "## Pitfalls", "## Pitfalls <script>", 1)
	other := filepath.Join(dir, "99_other.ipynb")
	for name, text := range map[string]string{good: dirty, other: string(source), filepath.Join(dir, "bad.ipynb"): "{"} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args string
		out  string // part of what is printed
		err  string // part of the error, "" for none
	}{
		{"lint " + good, "s00-pitfalls: html: the tag <script>", "1 problems"},
		{"lint " + other, "", "no lesson of the catalog has this name"},
		{"lint " + filepath.Join(dir, "bad.ipynb"), "", "unexpected EOF"},
		{"lint " + filepath.Join(dir, "none.ipynb"), "", "no such file"},
		{"fmt " + good, "", ""},
		{"text " + good, "=== s00-run-late code nondeterministic\n%predict ? -of s00-late -key 11239c\nimport \"time\"\n", ""},
		{"", "", "usage: lesson"},
		{"paint", "", `no command "paint"`},
		{"lint", "", "no notebooks"},
	} {
		var out bytes.Buffer
		err := run(strings.Fields(test.args), &out)
		if !strings.Contains(out.String(), test.out) {
			t.Errorf("%s: prints %q, want %q", test.args, out.String(), test.out)
		}
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: error %v, want %q", test.args, err, test.err)
		}
	}
	got, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(string(source), "## Pitfalls", "## Pitfalls <script>", 1); string(got) != want {
		t.Error("fmt has not stripped what a run leaves, or changed more than that")
	}
}
