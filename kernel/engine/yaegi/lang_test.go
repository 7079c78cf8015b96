package yaegi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestLanguage runs cells one after the other; the last must print what the
// file says.
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/lang/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cells: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := newNotebook(t)
			out, want := "", ""
			for _, f := range txtar.Parse(text).Files {
				if f.Name == "want" {
					want = strings.TrimSpace(string(f.Data))
					continue
				}
				x, rep := n.run(string(f.Data))
				if rep.Failure != nil {
					t.Errorf("%s: %v\n%s", f.Name, rep.Failure, n.source)
				}
				out = x.stdout()
			}
			if !strings.Contains(out, want) {
				t.Errorf("printed %q, want %q\n%s", out, want, n.source)
			}
		})
	}
}

// Cells speak to their own job through lab.
func TestLab(t *testing.T) {
	n := newNotebook(t)
	for _, cell := range []string{
		"import \"runnext/lab\"\nlab.Show(1)\nh := lab.Markdown(\"*x*\")\n_ = h",
		"h.Update(2)", // its type is named without an import here
	} {
		if _, rep := n.run(cell); rep.Failure != nil {
			t.Errorf("%v\n%s", rep.Failure, n.source)
		}
	}
}

// NumGoroutine counts the learner's goroutines.
func TestNumGoroutine(t *testing.T) {
	n := newNotebook(t)
	x, rep := n.run("import (\n\t\"fmt\"\n\t\"runtime\"\n)\nstop := make(chan bool)\nfor range 3 {\n\tgo func() { <-stop }()\n}\nfmt.Println(runtime.NumGoroutine())\nclose(stop)")
	if x.stdout() != "4\n" {
		t.Errorf("printed %q, %v", x.stdout(), rep.Failure)
	}
}

// Input comes from the job, whichever way it is read.
func TestStdin(t *testing.T) {
	n := newNotebook(t)
	x := &testIO{in: strings.NewReader("one\ntwo 3\n")}
	x, rep := n.runContext(t.Context(), "import (\n\t\"bufio\"\n\t\"fmt\"\n\t\"os\"\n)\nline, _ := bufio.NewReaderSize(os.Stdin, 16).ReadString('\\n')\nfmt.Printf(\"%q\\n\", line)\nfmt.Fprintln(os.Stdout, \"out\")\nfmt.Fprintln(os.Stderr, \"err\")\nos.Stdout.WriteString(\"direct\\n\")", x)
	if x.stdout() != "\"one\\n\"\nout\ndirect\n" || x.err.String() != "err\n" {
		t.Errorf("printed %q and %q, %v", x.stdout(), x.err.String(), rep.Failure)
	}
}
