package install

import (
	"bytes"
	"encoding/json"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// setup gives a config that installs below a new directory.
func setup(t *testing.T) (Config, string) {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "built")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := Config{
		Host:   fakeHost("linux", filepath.Join(dir, "home"), nil, nil),
		Where:  Prefix,
		Prefix: filepath.Join(dir, "prefix"),
		Binary: binary, Version: "test",
		Lessons: fstest.MapFS{
			"en/01-one.ipynb": {Data: []byte(`{"one": 1}`)},
			"ko/01-one.ipynb": {Data: []byte(`{"하나": 1}`)},
			"en/02-two.ipynb": {Data: []byte(`{"two": 2}`)},
		},
		LessonsDir: filepath.Join(dir, "lessons"),
	}
	return c, filepath.Join(c.Prefix, "share", "jupyter", "kernels", "runnext")
}

// tree lists the files below dir with their contents, and empty folders.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestInstallWritesTheSpec(t *testing.T) {
	c, want := setup(t)
	got, err := Install(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if got.Dir != want {
		t.Errorf("dir %s, want %s", got.Dir, want)
	}
	data, err := os.ReadFile(filepath.Join(want, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec map[string]any
	if err := json.Unmarshal(data, &spec); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(want, "runnext")
	if diff := cmp.Diff(map[string]any{
		"argv":                    []any{binary, "kernel", "-f", "{connection_file}"},
		"display_name":            "Go (runnext)",
		"language":                "go",
		"interrupt_mode":          "message",
		"kernel_protocol_version": "5.4",
		"metadata":                map[string]any{"debugger": false},
	}, spec); diff != "" {
		t.Errorf("kernel.json (-want +got):\n%s", diff)
	}
	info, err := os.Stat(binary)
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("binary: %v, %v", info, err)
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		data, err := os.ReadFile(filepath.Join(want, name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b := img.Bounds(); b.Dx() != size || b.Dy() != size {
			t.Errorf("%s is %v", name, b)
		}
	}
}

func TestInstallTwiceChangesNothing(t *testing.T) {
	c, dir := setup(t)
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	before := tree(t, filepath.Dir(c.Prefix))
	c.Host.Create = func(_, pattern string) (File, error) {
		t.Errorf("writes again, a temporary file %s", pattern)
		return nil, fs.ErrPermission
	}
	got, err := Install(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, tree(t, filepath.Dir(c.Prefix))); diff != "" {
		t.Errorf("second install in %s (-before +after):\n%s", dir, diff)
	}
	if len(got.Lessons.Written) != 0 || len(got.Lessons.Same) != 3 {
		t.Errorf("lessons %+v", got.Lessons)
	}
}

func TestInstallReplacesAnOldBinary(t *testing.T) {
	c, dir := setup(t)
	c.LessonsDir = ""
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.Binary, []byte("newer"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "runnext")); string(data) != "newer" {
		t.Errorf("binary holds %q", data)
	}
	// Run from the installed copy itself: it must not be emptied.
	c.Binary = filepath.Join(dir, "runnext")
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "runnext")); string(data) != "newer" {
		t.Errorf("binary installed from itself holds %q", data)
	}
}

func TestUninstallRemovesExactlyWhatWasPut(t *testing.T) {
	c, dir := setup(t)
	c.Host.OS = "windows" // the name of the binary comes from the host
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "runnext.exe")); err != nil {
		t.Fatal(err)
	}
	mine := map[string]string{
		filepath.Join(dir, "mine.txt"):                    "mine",
		filepath.Join(c.LessonsDir, "en", "own.ipynb"):    "own",
		filepath.Join(c.LessonsDir, "en", "01-one.ipynb"): "edited",
	}
	for name, text := range mine {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Uninstall(t.Context(), c.Host, c.Where, c.Prefix)
	if err != nil {
		t.Fatal(err)
	}
	want := &Removed{Dir: dir, Found: true, Strange: []string{"mine.txt"},
		Kept: []string{"en/01-one.ipynb"}, LessonsDir: c.LessonsDir}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	left := tree(t, filepath.Dir(c.Prefix))
	delete(left, "built")
	for name := range mine {
		rel, _ := filepath.Rel(filepath.Dir(c.Prefix), name)
		delete(left, filepath.ToSlash(rel))
	}
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(filepath.Join(c.LessonsDir, "ko")); !os.IsNotExist(err) {
		t.Errorf("the empty folder ko is still there: %v", err)
	}
	again, err := Uninstall(t.Context(), c.Host, c.Where, c.Prefix)
	if err != nil || again.Found {
		t.Errorf("second uninstall: %+v, %v", again, err)
	}
}

func TestUninstallLeavesNothing(t *testing.T) {
	c, _ := setup(t)
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := Uninstall(t.Context(), c.Host, c.Where, c.Prefix); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{c.LessonsDir, filepath.Join(c.Prefix, "share", "jupyter", "kernels", "runnext")} {
		if _, err := os.Stat(gone); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", gone, err)
		}
	}
}

func TestUninstallDoesNotTrustItsRecord(t *testing.T) {
	c, dir := setup(t)
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(filepath.Dir(dir), "victim")
	if err := os.WriteFile(victim, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, recordName), []byte(`{"files": ["../victim"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Uninstall(t.Context(), c.Host, c.Where, c.Prefix); err == nil {
		t.Error("no error for a record that points outside")
	}
	if _, err := os.Stat(victim); err != nil {
		t.Error("a file outside was removed")
	}
}

// fullFile is a file on a disk that takes no more.
type fullFile struct{ File }

func (f fullFile) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
}

func TestInstallOnAFullDisk(t *testing.T) {
	c, dir := setup(t)
	c.LessonsDir = ""
	if _, err := Install(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	create := c.Host.Create
	c.Host.Create = func(dir, pattern string) (File, error) {
		f, err := create(dir, pattern)
		if err != nil {
			return nil, err
		}
		return fullFile{f}, nil
	}
	if err := os.WriteFile(c.Binary, []byte("newer"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Install(t.Context(), c)
	want := "kernelspec: write " + filepath.Join(dir, "runnext") + ": no space left on device"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("a full disk changed the folder (-before +after):\n%s", diff)
	}
}

func TestInstallWithoutPermission(t *testing.T) {
	c, _ := setup(t)
	// A file where a folder has to be made: refused for root as well.
	if err := os.WriteFile(c.Prefix, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Install(t.Context(), c)
	if err == nil || !strings.HasPrefix(err.Error(), "kernelspec: mkdir ") {
		t.Errorf("got %v", err)
	}
}

func TestInstallWithoutLessonsInTheProgram(t *testing.T) {
	c, dir := setup(t)
	c.Lessons = nil
	if _, err := Install(t.Context(), c); err == nil {
		t.Error("no error when lessons are asked for and none are carried")
	}
	if !slices.Contains(specOrder, "kernel.json") {
		t.Fatal("the spec has no kernel.json")
	}
	if _, err := os.Stat(filepath.Join(dir, "kernel.json")); err != nil {
		t.Error("the kernel itself should be installed all the same")
	}
}
