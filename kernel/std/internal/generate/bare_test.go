package main

import "testing"

func TestBare(t *testing.T) {
	tests := []struct{ src, want string }{
		{"package p // c\n\n// doc\nvar x = 1 /* a\nb */ + 2\n", "package p \n\n \nvar x = 1 \n + 2\n"},
		{"var s = \"// no\" + `/* nor\nthis */`\n", "var s = \"// no\" + `/* nor\nthis */`\n"},
		{"a/**/b", "a b"},
	}
	for _, tt := range tests {
		if got := string(bare([]byte(tt.src))); got != tt.want {
			t.Errorf("%q\n got %q\nwant %q", tt.src, got, tt.want)
		}
	}
}
