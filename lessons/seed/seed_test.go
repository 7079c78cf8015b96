package seed

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func claims(t *testing.T) []Claim {
	t.Helper()
	list, err := Claims()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestClaims(t *testing.T) {
	article := Article()
	list := claims(t)
	if len(list) != 59 {
		t.Errorf("%d claims, the article has 59", len(list))
	}
	lesson := regexp.MustCompile(`^(0\d|1[0-3])$`)
	quotes := map[string]string{}
	for i, c := range list {
		if want := fmt.Sprintf("S%02d", i+1); c.ID != want {
			t.Errorf("claim %d is %s, want %s", i+1, c.ID, want)
		}
		if !strings.Contains(article, c.Quote) {
			t.Errorf("%s: the article does not hold %q", c.ID, c.Quote)
		}
		if other := quotes[c.Quote]; other != "" {
			t.Errorf("%s has the quote of %s", c.ID, other)
		}
		quotes[c.Quote] = c.ID
		if len(c.Lessons) == 0 {
			t.Errorf("%s: no lesson treats it", c.ID)
		}
		for _, l := range c.Lessons {
			if !lesson.MatchString(l) {
				t.Errorf("%s: there is no lesson %q", c.ID, l)
			}
		}
		if (c.Verdict == Nuance || c.Verdict == Wrong) && len(c.Sources) == 0 {
			t.Errorf("%s is %s by whose word?", c.ID, c.Verdict)
		}
		if !strings.HasSuffix(c.Correction, ".") && !strings.HasSuffix(c.Correction, "?") {
			t.Errorf("%s: the correction is no sentence", c.ID)
		}
	}
}

// TestOrder holds the claims to the order of the article, as far as quotes do
// not stand inside each other.
func TestOrder(t *testing.T) {
	article, at := Article(), 0
	for _, c := range claims(t) {
		i := strings.Index(article, c.Quote)
		if i < at {
			t.Errorf("%s stands before the claim ahead of it", c.ID)
		}
		at = i
	}
}

// TestCitations opens the toolchain's source and looks for the cited text on
// the cited line.
func TestCitations(t *testing.T) {
	const release = "go1.26.8"
	form := regexp.MustCompile(`^go1\.26\.8 (\S+):(\d+) (.+)$`)
	dir := filepath.Join(build.Default.GOROOT, "src")
	_, err := os.Stat(filepath.Join(dir, "runtime", "proc.go"))
	n := 0
	for _, c := range claims(t) {
		for _, s := range c.Sources {
			if !strings.HasPrefix(s, "go1.") {
				continue
			}
			m := form.FindStringSubmatch(s)
			if m == nil {
				t.Errorf("%s: %q is not %s FILE:LINE TEXT", c.ID, s, release)
				continue
			}
			n++
			if runtime.Version() != release || err != nil {
				continue // the lines are those of that release alone
			}
			data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m[1])))
			if err != nil {
				t.Errorf("%s: %v", c.ID, err)
				continue
			}
			lines := strings.Split(string(data), "\n")
			number, err := strconv.Atoi(m[2])
			if err != nil || number < 1 || number > len(lines) || !strings.Contains(lines[number-1], m[3]) {
				t.Errorf("%s: %s:%s does not hold %q", c.ID, m[1], m[2], m[3])
			}
		}
	}
	if n < 20 {
		t.Errorf("%d citations were found, there are more", n)
	}
	if runtime.Version() != release || err != nil {
		t.Skipf("only the form was checked: this is %s", runtime.Version())
	}
}

func TestSourcesNameLessonsThatTreatTheClaim(t *testing.T) {
	for _, c := range claims(t) {
		for _, s := range c.Sources {
			if l, ok := strings.CutPrefix(s, "lesson "); ok && !strings.Contains(strings.Join(c.Lessons, " "), l) {
				t.Errorf("%s: %s measures it, but its lessons are %v", c.ID, s, c.Lessons)
			}
		}
	}
}

func TestGlossary(t *testing.T) {
	terms, err := Glossary()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, term := range terms {
		if seen[term.Name] {
			t.Errorf("%s is there twice", term.Name)
		}
		seen[term.Name] = true
		for _, a := range term.Avoid {
			if strings.EqualFold(a, term.Name) || seen[a] {
				t.Errorf("%s: %q is to be avoided and used", term.Name, a)
			}
		}
	}
	if len(terms) == 0 {
		t.Error("no words")
	}
}

func TestRecords(t *testing.T) {
	got, err := records("# head\n\n[[x]]\na = \"1 \\\"2\\\"\\n\" # tail\nb = [ \"p\", \"q\", ]\nc = []\r\n[[x]]\n", "x")
	if err != nil || fmt.Sprintf("%q", got) != `[map["a":"1 \"2\"\n" "b":["p" "q"] "c":[]] map[]]` {
		t.Errorf("%q, %v", got, err)
	}
	for text, want := range map[string]string{
		"a = \"1\"":                   "before the first table",
		"[[y]]":                       "neither a table",
		"[[x]]\na = 1":                `a value is a "string"`,
		"[[x]]\na = \"\"\"x\"\"\"":    `a value is a "string"`,
		"[[x]]\na = \"1\" 2":          "follows its value",
		"[[x]]\na = \"1":              "not closed",
		"[[x]]\na = \"\\x41\"":        "no escape of TOML",
		"[[x]]\na = \"\\":             "no escape of TOML",
		"[[x]]\na = [\"1\" \"2\"]":    "not closed",
		"[[x]]\na = [\"1\"":           "not closed",
		"[[x]]\na = [":                `a value is a "string"`,
		"[[x]]\na = \"1\"\na = \"2\"": "line 3: a is there twice",
		"[[x]]\nA = \"1\"":            "neither a table",
		"\xff":                        "not UTF-8",
	} {
		if _, err := records(text, "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzRecords(f *testing.F) {
	f.Add("[[x]]\na = \"1\"\nb = [\"2\", \"3\"]")
	f.Add("[[x]]\na = \"\\u00e9\\\\\"")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := records(text, "x")
		if err != nil {
			return
		}
		for _, r := range list {
			for key, v := range r {
				switch v.(type) {
				case string, []string:
				default:
					t.Fatalf("%s is %T", key, v)
				}
			}
		}
	})
}
