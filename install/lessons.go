package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// lessonsRecord stands in the directory of the copies and holds, by slash
// path, the hash each file had when it was put there. A file with another
// hash was edited by its owner and is never written over.
const lessonsRecord = ".runnext-lessons.json"

type shipped struct {
	Files map[string]string `json:"files"`
}

// Copied tells what happened to each lesson, by slash path, sorted.
type Copied struct {
	Dir     string
	Written []string // new, or replaced a copy nobody had edited
	Same    []string
	Edited  []string // left as they are
}

// CopyLessons brings the lessons of from up to date in dir. An edited copy is
// left alone; a removed one comes back.
func CopyLessons(h Host, from fs.FS, dir string) (*Copied, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("lessons: %w", err)
	}
	rec, err := readShipped(dir)
	if err != nil {
		return nil, err
	}
	c := &Copied{Dir: dir}
	err = fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		return c.one(h, rec, name, data)
	})
	if err == nil {
		err = h.putJSON(filepath.Join(dir, lessonsRecord), rec)
	}
	if err != nil {
		return c, fmt.Errorf("lessons: %w", err)
	}
	return c, nil
}

func (c *Copied) one(h Host, rec *shipped, name string, data []byte) error {
	to := filepath.Join(c.Dir, filepath.FromSlash(name))
	hash := hashBytes(data)
	switch now, err := hashFile(to); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case now == hash:
		c.Same = append(c.Same, name)
		rec.Files[name] = hash
		return nil
	case now != rec.Files[name]:
		c.Edited = append(c.Edited, name)
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := h.put(to, data, 0o644); err != nil {
		return err
	}
	c.Written = append(c.Written, name)
	rec.Files[name] = hash
	return nil
}

// RemoveLessons removes the copies nobody has edited and gives the names of
// those it left. A directory that holds no copies is no error.
func RemoveLessons(dir string) (kept []string, err error) {
	rec, err := readShipped(dir)
	if err != nil {
		return nil, err
	}
	folders := map[string]bool{}
	for name, hash := range rec.Files {
		if !fs.ValidPath(name) {
			return kept, fmt.Errorf("lessons: %s lists %q, which is not in its folder", filepath.Join(dir, lessonsRecord), name)
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		now, err := hashFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && now != hash {
			kept = append(kept, name)
			continue
		}
		if err == nil {
			err = os.Remove(file)
		}
		if err != nil {
			return kept, fmt.Errorf("lessons: %w", err)
		}
		for f := path.Dir(name); f != "."; f = path.Dir(f) {
			folders[f] = true
		}
	}
	if err := os.Remove(filepath.Join(dir, lessonsRecord)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return kept, fmt.Errorf("lessons: %w", err)
	}
	deepFirst := make([]string, 0, len(folders))
	for f := range folders {
		deepFirst = append(deepFirst, f)
	}
	sort.Sort(sort.Reverse(sort.StringSlice(deepFirst)))
	for _, f := range append(deepFirst, ".") {
		os.Remove(filepath.Join(dir, filepath.FromSlash(f))) // refuses a folder that is not empty
	}
	slices.Sort(kept)
	return kept, nil
}

// ResetLesson writes the lesson as it ships over the copy in dir. An edited
// copy is kept beside it, and its new name returned; "" when there was none.
// A name is a slash path, a file name, or a file name without its extension,
// as long as it means one lesson.
func ResetLesson(h Host, from fs.FS, dir, name string) (lesson, aside string, err error) {
	lesson, err = findLesson(from, name)
	if err != nil {
		return "", "", err
	}
	data, err := fs.ReadFile(from, lesson)
	if err != nil {
		return "", "", fmt.Errorf("lessons: %w", err)
	}
	rec, err := readShipped(dir)
	if err != nil {
		return "", "", err
	}
	to := filepath.Join(dir, filepath.FromSlash(lesson))
	if now, err := hashFile(to); err == nil && now != hashBytes(data) && now != rec.Files[lesson] {
		if aside, err = setAside(to); err != nil {
			return "", "", fmt.Errorf("lessons: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return "", aside, fmt.Errorf("lessons: %w", err)
	}
	if err := h.put(to, data, 0o644); err != nil {
		return "", aside, fmt.Errorf("lessons: %w", err)
	}
	rec.Files[lesson] = hashBytes(data)
	return lesson, aside, h.putJSON(filepath.Join(dir, lessonsRecord), rec)
}

// setAside renames file to NAME.edited.ipynb, NAME.edited2.ipynb and so on,
// the first that is free.
func setAside(file string) (string, error) {
	ext := filepath.Ext(file)
	stem := strings.TrimSuffix(file, ext)
	for n := 1; ; n++ {
		to := stem + ".edited" + ext
		if n > 1 {
			to = fmt.Sprintf("%s.edited%d%s", stem, n, ext)
		}
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return to, os.Rename(file, to)
		}
	}
}

// Lessons lists the slash paths of the notebooks, sorted.
func Lessons(from fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) == ".ipynb" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lessons: %w", err)
	}
	return names, nil
}

func findLesson(from fs.FS, name string) (string, error) {
	all, err := Lessons(from)
	if err != nil {
		return "", err
	}
	name = filepath.ToSlash(name)
	var found []string
	for _, l := range all {
		if l == name || strings.TrimSuffix(l, ".ipynb") == name {
			return l, nil
		}
		if base := path.Base(l); base == name || strings.TrimSuffix(base, ".ipynb") == name {
			found = append(found, l)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("lessons: no lesson %q; `runnext lessons` lists them", name)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("lessons: %q is one of %s; name one of them", name, strings.Join(found, ", "))
}

// FindLessonsDir gives the nearest directory at or above start that holds
// copies of lessons.
func FindLessonsDir(start string) (string, error) {
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", fmt.Errorf("lessons: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, lessonsRecord)); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("lessons: no copies at or above %s; name their directory with --dir", start)
		}
		dir = up
	}
}

func readShipped(dir string) (*shipped, error) {
	file := filepath.Join(dir, lessonsRecord)
	rec := &shipped{Files: map[string]string{}}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return rec, nil
	}
	if err == nil {
		err = json.Unmarshal(data, rec)
	}
	if err != nil {
		return nil, fmt.Errorf("lessons: read %s: %w", file, err)
	}
	if rec.Files == nil {
		rec.Files = map[string]string{}
	}
	return rec, nil
}
