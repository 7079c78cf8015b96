package yaegi

import "testing"

// TestPrint holds print and println to what a built program prints.
func TestPrint(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`println(1.5, float32(2.25), 1e100, 3+4i, 'x', "s", true)`, "1.5 2.25 1e+100 (3+4i) 120 s true\n"},
		{"var s []int\nprintln(s)", "[0/0]0x0\n"},
		{"var e any\nvar f error\nprintln(e, f)", "(0x0,0x0) (0x0,0x0)\n"},
		{"import \"time\"\nprintln(time.Second)", "1000000000\n"},
		{"type S string\nfunc (S) String() string { return \"no\" }\nprintln(S(\"yes\"))", "yes\n"},
		{"print(1, 2, \"\\n\")", "12\n"},
		{"var m map[int]int\nvar p *int\nprintln(m, p)", "0x0 0x0\n"},
	} {
		n := newNotebook(t)
		x, rep := n.run(c.code)
		if got := x.err.String(); got != c.want || rep.Failure != nil {
			t.Errorf("%s: %q (%v), want %q", c.code, got, rep.Failure, c.want)
		}
	}
}
