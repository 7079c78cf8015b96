package install

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func lessonFS(version string) fstest.MapFS {
	return fstest.MapFS{
		"en/01-one.ipynb": {Data: []byte("en one " + version)},
		"ko/01-one.ipynb": {Data: []byte("ko one " + version)},
		"en/02-two.ipynb": {Data: []byte("en two " + version)},
		"en/picture.svg":  {Data: []byte("picture")},
	}
}

func TestCopyLessonsNeverWritesOverAnEditedOne(t *testing.T) {
	h, dir := ThisHost(), t.TempDir()
	if _, err := CopyLessons(h, lessonFS("v1"), dir); err != nil {
		t.Fatal(err)
	}
	edited := filepath.Join(dir, "en", "01-one.ipynb")
	if err := os.WriteFile(edited, []byte("my answers"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "ko", "01-one.ipynb")); err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"v2", "v3", "v3"} {
		c, err := CopyLessons(h, lessonFS(version), dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"en/01-one.ipynb"}, c.Edited); diff != "" {
			t.Errorf("%s edited (-want +got):\n%s", version, diff)
		}
	}
	files := tree(t, dir)
	delete(files, lessonsRecord)
	want := map[string]string{
		"en/01-one.ipynb": "my answers",
		"en/02-two.ipynb": "en two v3",
		"ko/01-one.ipynb": "ko one v3",
		"en/picture.svg":  "picture",
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCopyLessonsOverFilesOfUnknownOrigin(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "en"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "en", "01-one.ipynb"), []byte("somebody's"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := CopyLessons(ThisHost(), lessonFS("v1"), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Edited) != 1 || len(c.Written) != 3 {
		t.Errorf("%+v", c)
	}
	if kept, err := RemoveLessons(dir); err != nil || len(kept) != 0 {
		t.Errorf("remove: %v, %v", kept, err)
	}
	if diff := cmp.Diff(map[string]string{"en/01-one.ipynb": "somebody's"}, tree(t, dir)); diff != "" {
		t.Errorf("a file that was never ours (-want +got):\n%s", diff)
	}
}

func TestResetLesson(t *testing.T) {
	h, dir, from := ThisHost(), t.TempDir(), lessonFS("v1")
	if _, err := CopyLessons(h, from, dir); err != nil {
		t.Fatal(err)
	}
	two := filepath.Join(dir, "en", "02-two.ipynb")
	for i, aside := range []string{"02-two.edited.ipynb", "02-two.edited2.ipynb", ""} {
		if aside != "" {
			if err := os.WriteFile(two, []byte("edit "+aside), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		lesson, moved, err := ResetLesson(h, from, dir, "02-two")
		if err != nil {
			t.Fatal(err)
		}
		if lesson != "en/02-two.ipynb" {
			t.Errorf("reset %d: lesson %q", i, lesson)
		}
		if moved != "" {
			moved = filepath.Base(moved)
		}
		if moved != aside {
			t.Errorf("reset %d: set aside as %q, want %q", i, moved, aside)
		}
		if data, _ := os.ReadFile(two); string(data) != "en two v1" {
			t.Errorf("reset %d: holds %q", i, data)
		}
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "en", "02-two.edited.ipynb")); string(data) != "edit 02-two.edited.ipynb" {
		t.Errorf("the edited copy holds %q", data)
	}
}

func TestResetNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"en/01-one.ipynb", "en/01-one.ipynb"},
		{"ko/01-one", "ko/01-one.ipynb"},
		{"02-two", "en/02-two.ipynb"},
		{"02-two.ipynb", "en/02-two.ipynb"},
		{"01-one", "error: lessons: \"01-one\" is one of en/01-one.ipynb, ko/01-one.ipynb"},
		{"03", "error: lessons: no lesson \"03\""},
		{"en/picture.svg", "error: lessons: no lesson"},
		{"../01-one", "error: lessons: no lesson"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lesson, _, err := ResetLesson(ThisHost(), lessonFS("v1"), t.TempDir(), tt.name)
			if msg, bad := strings.CutPrefix(tt.want, "error: "); bad {
				if err == nil || !strings.HasPrefix(err.Error(), msg) {
					t.Errorf("got %v, want %s", err, msg)
				}
			} else if err != nil || lesson != tt.want {
				t.Errorf("got %q, %v", lesson, err)
			}
		})
	}
}

func TestFindLessonsDir(t *testing.T) {
	dir := t.TempDir()
	if _, err := CopyLessons(ThisHost(), lessonFS("v1"), dir); err != nil {
		t.Fatal(err)
	}
	got, err := FindLessonsDir(filepath.Join(dir, "en"))
	if err != nil || got != dir {
		t.Errorf("from below: %q, %v", got, err)
	}
	if _, err := FindLessonsDir(t.TempDir()); err == nil {
		t.Error("no error where there are none")
	}
}

func TestRemoveLessonsDoesNotTrustItsRecord(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, lessonsRecord), []byte(`{"files": {"../x": ""}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := RemoveLessons(dir); err == nil {
		t.Error("no error for a record that points outside")
	}
	if err := os.WriteFile(filepath.Join(dir, lessonsRecord), []byte(`{`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := CopyLessons(ThisHost(), lessonFS("v1"), dir); err == nil {
		t.Error("no error for a record that is cut short")
	}
}
