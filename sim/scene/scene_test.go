package scene

import (
	"strings"
	"testing"
)

func TestList(t *testing.T) {
	list, err := List()
	if err != nil {
		t.Fatal(err)
	}
	files, err := programs.ReadDir("programs")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(files) {
		t.Errorf("%d scenes are listed, %d are there", len(list), len(files))
	}
	for _, s := range list {
		if s.Title == "" || s.Intro == "" || len(s.Notes) == 0 || !strings.HasPrefix(s.Code, "package main\n") || s.P < 1 {
			t.Errorf("%s is not whole: %+v", s.Name, s)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"title\n-- main.go --\npackage main\n", "want main.go and notes"},
		{"title\n-p x\n-- main.go --\n-- notes --\n", "-p: "},
		{"title\n-- main.go --\n-- notes --\ncreated 3\n", `note "created 3": want KIND PLACE: TEXT`},
		{"title\n-- main.go --\n-- notes --\ncreated x: y\n", `note "created x: y": `},
	} {
		if _, err := parse([]byte(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q gives %v, want %s", tt.text, err, tt.want)
		}
	}
	if _, err := Find("no-such"); err == nil || err.Error() != `there is no scene "no-such"` {
		t.Errorf("got %v", err)
	}
}
