package lessons

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"runnext/lessons/nb"
	"runnext/lessons/seed"
)

func read(t *testing.T, name string) (*nb.Notebook, []byte) {
	t.Helper()
	data, err := fs.ReadFile(FS("1.26.0"), name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := nb.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n, data
}

// TestLessons holds every written lesson against the rules.
func TestLessons(t *testing.T) {
	written := 0
	for _, l := range Catalog() {
		if !l.Written {
			continue
		}
		written++
		t.Run(l.Name, func(t *testing.T) {
			n, data := read(t, l.Path("en"))
			problems, err := l.Lint(n)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range problems {
				t.Error(p)
			}
			n.Strip()
			var b bytes.Buffer
			if err := n.Write(&b); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), data) {
				t.Errorf("it is not in its committed form: run go run ./lessons/cmd/lesson fmt")
			}
		})
	}
	if written == 0 {
		t.Error("no lesson is written")
	}
}

// TestLanguageVersion holds what JupyterLab compares with the kernel's info.
func TestLanguageVersion(t *testing.T) {
	for _, l := range Catalog() {
		if !l.Written {
			continue
		}
		n, _ := read(t, l.Path("en"))
		info := n.Metadata["language_info"]
		want := map[string]any{
			"name": "go", "version": "1.26.0", "mimetype": "text/x-go", "file_extension": ".go",
			"pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
		}
		if d := cmp.Diff(want, info); d != "" {
			t.Errorf("%s: language_info: %s", l.Name, d)
		}
	}
}

// TestEveryNotebookIsInTheCatalog finds a file that no lesson answers for.
func TestEveryNotebookIsInTheCatalog(t *testing.T) {
	var known []string
	for _, l := range Catalog() {
		known = append(known, l.Path("en"), l.Path("ko"))
	}
	err := fs.WalkDir(FS("1.26.0"), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (path.Ext(name) != ".ipynb" || !slices.Contains(known, name)) {
			t.Errorf("%s is in no catalog", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCatalog(t *testing.T) {
	claims, err := seed.Claims()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	minutes := 0
	for _, l := range Catalog() {
		if !strings.HasPrefix(l.Name, l.Number+"_") {
			t.Errorf("%s is named %s", l.Number, l.Name)
		}
		for _, need := range l.Needs {
			if !seen[need] { // a lesson needs earlier ones only, so there is no circle
				t.Errorf("%s needs %s, which does not come before it", l.Number, need)
			}
		}
		seen[l.Number] = true
		minutes += l.Minutes
		if ids, err := ClaimsOf(l.Number); err != nil || len(ids) == 0 {
			t.Errorf("%s treats no claim: %v", l.Number, err)
		}
	}
	if len(seen) != 14 || minutes < 14*25 || minutes > 14*40 {
		t.Errorf("%d lessons, %d minutes", len(seen), minutes)
	}
	for _, c := range claims {
		for _, number := range c.Lessons {
			if !seen[number] {
				t.Errorf("%s: no lesson %s is planned", c.ID, number)
			}
		}
	}
	if got, err := ClaimsOf("00"); err != nil || !cmp.Equal(got, []string{"S36", "S37"}) {
		t.Errorf("claims of 00: %v, %v", got, err)
	}
}

// TestQuotesOfTheSeed finds Korean that is not the article's.
func TestQuotesOfTheSeed(t *testing.T) {
	article := seed.Article()
	for _, l := range Catalog() {
		if !l.Written {
			continue
		}
		n, _ := read(t, l.Path("en"))
		for _, c := range n.Cells {
			for line := range strings.SplitSeq(c.Source, "\n") {
				quote, ok := strings.CutPrefix(line, "> ")
				quote, _, _ = strings.Cut(quote, " — **S")
				if ok && quote != "" && !strings.HasPrefix(quote, "```") && !strings.HasPrefix(quote, "— **S") && !strings.Contains(article, quote) {
					t.Errorf("%s: the article does not hold %q", c.ID, quote)
				}
			}
		}
	}
}

// TestGlossaryOfALesson holds a lesson's list of words against the glossary.
func TestGlossaryOfALesson(t *testing.T) {
	terms, err := seed.Glossary()
	if err != nil {
		t.Fatal(err)
	}
	short := map[string]string{}
	for _, term := range terms {
		short[term.Name] = term.Short
	}
	for _, l := range Catalog() {
		if !l.Written {
			continue
		}
		n, _ := read(t, l.Path("en"))
		for _, c := range n.Cells {
			if !strings.HasSuffix(c.ID, "-glossary") {
				continue
			}
			rows := 0
			for line := range strings.SplitSeq(c.Source, "\n") {
				f := strings.Split(line, " | ")
				if len(f) != 2 || strings.HasPrefix(line, "| word") {
					continue
				}
				rows++
				name, text := strings.TrimPrefix(f[0], "| "), strings.TrimSuffix(f[1], " |")
				if short[name] != text {
					t.Errorf("%s: %s is %q, the glossary has %q", c.ID, name, text, short[name])
				}
			}
			if rows < 3 {
				t.Errorf("%s: %d words", c.ID, rows)
			}
		}
	}
}
