package cell

import (
	"fmt"
	"strings"
	"testing"
)

// book gives declarations of about 300 lines that use each other.
func book(functions int) []string {
	var cells []string
	for i := range functions {
		call := "0"
		if i > 0 {
			call = fmt.Sprintf("f%d(s)", i-1)
		}
		cells = append(cells, fmt.Sprintf(`type S%[1]d struct {
	n    int
	text string
}

func (s *S%[1]d) Add(n int) int {
	s.n += n
	for i := range n {
		s.text += fmt.Sprint(i)
	}
	return s.n
}

func f%[1]d(s []int) int {
	var t S%[1]d
	for _, x := range s {
		t.Add(x)
	}
	return t.n + %[2]s
}`, i, call))
	}
	return cells
}

// fifty is a cell of 50 lines.
func fifty() string {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "a%[1]d := make([]int, 3)\nfor i := range a%[1]d {\n\ta%[1]d[i] = i\n}\n", i)
	}
	b.WriteString("fmt.Println(f14(a1))\na2")
	return b.String()
}

func benchmarkCheck(b *testing.B, code string) {
	n := newNotebook(b)
	given(b, n, book(15)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, fail := n.Check(100, code); fail != nil {
			b.Fatal(fail)
		}
	}
}

func BenchmarkCheckTrivial(b *testing.B) { benchmarkCheck(b, "1+1") }

func BenchmarkCheckOneCall(b *testing.B) { benchmarkCheck(b, "f0(nil)") }

func BenchmarkCheckAllOfTheBook(b *testing.B) { benchmarkCheck(b, "f14(nil)") }

func BenchmarkCheckFiftyLines(b *testing.B) { benchmarkCheck(b, fifty()) }

func BenchmarkComplete(b *testing.B) {
	n := newNotebook(b)
	given(b, n, book(15)...)
	code, offset := cursor(b, fifty()+"\nfmt.Prin‸")
	for b.Loop() {
		if len(n.Complete(code, offset).Items) == 0 {
			b.Fatal("nothing")
		}
	}
}

func BenchmarkIsComplete(b *testing.B) {
	code := fifty()
	for b.Loop() {
		IsComplete(code)
	}
}
