package directive

import (
	"strings"
	"testing"
)

func TestCompleteArgument(t *testing.T) {
	table, err := NewTable(HelpEntry(), SceneEntry(), Entry{
		Name: "gmp", Kind: Cell, Summary: "simulate",
		Usage: "[-p N] [-seed N] [-boot-tick 4|5] [-explore [-bound N]] [-quiet] [-view queues,lanes,gobuf]",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		code string // the cursor is ‸
		want string // "no" where the offset is not in arguments
		word string // what is replaced
	}{
		{"%%gmp ‸", "-p:N -seed:N -boot-tick:4|5 -explore: -bound:N -quiet: -view:queues,lanes,gobuf", ""},
		{"%%gmp -s‸\nfor {}", "-seed:N", "-s"},
		{"%%gmp -p 2 -‸", "-seed:N -boot-tick:4|5 -explore: -bound:N -quiet: -view:queues,lanes,gobuf", "-"},
		{"%%gmp -boot-tick ‸", "4: 5:", ""},
		{"%%gmp -view ‸", "queues: lanes: gobuf:", ""},
		{"%%gmp -view queues,l‸ -p 1", "lanes:", "l"},
		{"%%gmp -view queues,‸", "lanes: gobuf:", ""},
		{"%%gmp -seed ‸", "", ""},
		{"%help g‸", "gmp:", "g"},
		{"%%gm‸", "no", ""},
		{"%%nobody -‸", "no", ""},
		{"%%gmp\nx := 1 ‸", "no", ""},
	} {
		before, after, _ := strings.Cut(tt.code, "‸")
		start, end, items, ok := table.CompleteArgument(before+after, len(before))
		if !ok {
			if tt.want != "no" {
				t.Errorf("%s: nothing offered", tt.code)
			}
			continue
		}
		var got []string
		for _, a := range items {
			got = append(got, a.Text+":"+a.Value)
		}
		if g := strings.Join(got, " "); g != tt.want || (before + after)[start:end] != tt.word {
			t.Errorf("%s: %q for %q, want %q for %q", tt.code, g, (before + after)[start:end], tt.want, tt.word)
		}
	}
}
