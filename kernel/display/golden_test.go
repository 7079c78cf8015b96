package display

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"runnext/kernel/engine"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are the bundles whose every byte is kept in testdata.
func goldens() map[string]engine.Bundle {
	return map[string]engine.Bundle{
		"text":          Text("one\ntwo \xff three"),
		"html":          HTML("<p>a &amp; b<br>c</p><style>p{}</style>\xff"),
		"markdown":      Markdown("# G\n\n- `runnext` \xff"),
		"json":          must(JSON(map[string]any{"b": []int{1, 2}, "a": "x < y"})),
		"progress":      Progress(7, 20, "download\n<b>"),
		"progress-over": Progress(30, 20, ""),
		"progress-open": Progress(1234, 0, "seen"),
		"svg":           must(SVG(`<svg width="8" height="4"><rect width="8" height="4"/></svg>`, `one "P" & two G`)),
		"table-numbers": Table{
			Caption: "Outcomes of 2000 runs",
			Headers: []string{"printed", "times", "share"},
			Rows:    [][]string{{"C A B", "1997", "99.9 %"}, {"A B C", "3", "0.2 %"}},
			Note:    "What was not seen may still be possible.",
		}.Bundle(),
		"table-korean": Table{
			Headers: []string{"말", "word", "n"},
			Rows:    [][]string{{"고루틴", "goroutine", "1"}, {"é\u0301", "combining", "22"}, {"a😀b", "emoji", "333"}, {"한ᄒ\u1161ᆫ", "letters", ""}},
		}.Bundle(),
		"table-hostile": Table{
			Caption: "<script>alert(1)</script>",
			Headers: []string{"<b>", `"`},
			Rows:    [][]string{{"</td><script>", "\x1b[2J\a\x7f\u009b"}, {"two\nlines\r\nof it", "tab\there"}, {"\xffbad", "NaN"}},
		}.Bundle(),
		"table-ragged":     Table{Headers: []string{"a"}, Rows: [][]string{{"1", "x"}, {}, {"3", "y", "z"}}}.Bundle(),
		"table-no-headers": Table{Rows: [][]string{{"GOMAXPROCS", "2"}, {"memory", "24 GiB"}}}.Bundle(),
		"table-empty":      Table{Headers: []string{"nothing", "here"}}.Bundle(),
	}
}

func must(b engine.Bundle, err error) engine.Bundle {
	if err != nil {
		panic(err)
	}
	return b
}

func TestGolden(t *testing.T) {
	for name, b := range goldens() {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", name+".txtar")
			got := txtar.Format(archive(t, b))
			if *update {
				if err := os.WriteFile(file, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("no %s: run go test -update and look at it", file)
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func archive(t *testing.T, b engine.Bundle) *txtar.Archive {
	t.Helper()
	a := &txtar.Archive{}
	for _, mime := range slices.Sorted(maps.Keys(b.Data)) {
		text, ok := b.Data[mime].(string)
		if !ok {
			body, err := json.Marshal(b.Data[mime])
			if err != nil {
				t.Fatal(err)
			}
			text = string(body)
		}
		a.Files = append(a.Files, txtar.File{Name: mime, Data: []byte(text + "\n")})
	}
	return a
}

// TestGoldenRules holds every golden bundle against what the package promises.
func TestGoldenRules(t *testing.T) {
	for name, b := range goldens() {
		plain, _ := b.Data["text/plain"].(string)
		if plain == "" {
			t.Errorf("%s: no text/plain", name)
		}
		page, _ := b.Data["text/html"].(string)
		if name != "html" {
			for _, bad := range []string{"<style", "<script", "<svg", " class=", " onclick", "var(--", "<input"} {
				if strings.Contains(page, bad) {
					t.Errorf("%s: %s does not survive in an untrusted notebook", name, bad)
				}
			}
		}
		for _, style := range strings.Split(page, `style="`)[1:] {
			style, _, _ = strings.Cut(style, `"`)
			fill := strings.Contains(style, "background-color:")
			ink := strings.Contains(strings.ReplaceAll(style, "background-color:", ""), "color:")
			if fill != ink {
				t.Errorf("%s: one colour without the other in %q", name, style)
			}
		}
		for mime, body := range b.Data {
			if text, ok := body.(string); ok && strings.ToValidUTF8(text, "") != text {
				t.Errorf("%s: %s is not UTF-8", name, mime)
			}
		}
		if strings.HasPrefix(name, "table") && strings.ContainsAny(plain, "\x1b\a\x7f\t\r") {
			t.Errorf("%s: a control character is left in %q", name, plain)
		}
	}
}

func TestErrors(t *testing.T) {
	loop := map[string]any{}
	loop["self"] = loop
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"channel", second(JSON(make(chan int))), "show chan int as JSON: json: unsupported type: chan int"},
		{"NaN", second(JSON(math.NaN())), "unsupported value: NaN"},
		{"loop", second(JSON(loop)), "encountered a cycle"},
		{"no picture", second(SVG("", "")), "show SVG: there is no <svg> in it"},
		{"a page", second(SVG("<html></html>", "")), "the root is <html>, not <svg>"},
		{"cut off", second(SVG("<svg><g>", "")), "XML syntax error"},
		{"another name space", second(SVG(`<svg xmlns="x"/>`, "")), `name space "x"`},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, test.err, test.want)
		}
	}
}

func second(_ engine.Bundle, err error) error { return err }

func TestSVGKeepsItsNameSpace(t *testing.T) {
	const source = `<?xml version="1.0"?><!-- <svg> --><svg xmlns="http://www.w3.org/2000/svg"/>`
	if got, err := checkSVG(source); err != nil || got != source {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := checkSVG("<!-- c --><svg a='1'/>"); err != nil || got != `<!-- c --><svg xmlns="http://www.w3.org/2000/svg" a='1'/>` {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "고루틴": 6, "日本": 4, "ｱ": 1, "Ａ": 2, "e\u0301": 1, "a\u200Db": 2, "😀": 2, "─": 1, "…": 1, "\u1112\u1161\u11ab": 2, "𠀀": 2,
	} {
		if got := Width(text); got != want {
			t.Errorf("Width(%q) = %d, want %d", text, got, want)
		}
	}
	for i := 1; i < len(wide); i++ {
		if wide[i][0] <= wide[i-1][1] || wide[i][0] > wide[i][1] {
			t.Errorf("range %d is out of order: %x", i, wide[i])
		}
	}
}

func TestTextOf(t *testing.T) {
	for source, want := range map[string]string{
		"plain":                          "plain",
		"1 < 2 &lt; 3":                   "1 < 2 < 3",
		"<b title='a>b'>x</b>":           "x",
		"<ul><li>a<li>b</ul>c":           "- a\n- b\nc",
		"a<SCRIPT>if(a<b){}</Script >b":  "ab",
		"<script>never closed":           "",
		"<table><tr><td>1</td><td>2":     "1  2",
		"<!-- no --> yes":                "yes",
		"<img src=x alt=\"a &amp; b\">!": "[a & b]!",
		"open <b":                        "open",
		"a\n\n  b\tc":                    "a b c",
	} {
		if got := textOf(source); got != want {
			t.Errorf("textOf(%q) = %q, want %q", source, got, want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for source := range map[string]bool{"<b>": true, "<!--": true, "<script>İ</script>x": true, "<a href='": true, "<": true, "</": true} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		plain := HTML(source).Data["text/plain"].(string)
		if strings.ToValidUTF8(plain, "") != plain {
			t.Fatalf("not UTF-8: %q", plain)
		}
		Table{Headers: []string{source}, Rows: [][]string{{source, fmt.Sprint(len(source))}}}.Bundle()
		_, _ = SVG(source, source)
	})
}
