// Package install puts the kernel where Jupyter finds it and takes it away
// again: the kernelspec with a copy of the binary, the copies of the lessons,
// and doctor, which tells what stands in the way. It parses no flags
// (runnext/kernel/cmd/runnext does) and embeds no lessons: their files come as
// an [fs.FS] from the caller.
//
// Every file is written beside its place and renamed into it. Installing twice
// changes nothing; what was put down is listed in a record, and uninstalling
// removes that and no more.
package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
)

// KernelName is the name of the kernelspec's folder, what --kernel takes.
const KernelName = "runnext"

const recordName = ".installed.json"

// Config says what to install, and where.
type Config struct {
	Host   Host
	Where  Where
	Prefix string // for Where == Prefix

	Binary  string // the program to copy, usually os.Executable()
	Version string // of the program, for the record

	Lessons    fs.FS  // nil when the program carries none
	LessonsDir string // where their copies go; "" copies none
}

// Installed tells what an install did.
type Installed struct {
	Dir     string // the kernelspec's folder
	Lessons *Copied
}

// record is what install leaves beside the kernelspec so that uninstall
// removes exactly that. It is written before the files it lists.
type record struct {
	Version    string   `json:"version"`
	Files      []string `json:"files"` // relative to the record's folder
	LessonsDir string   `json:"lessons_dir,omitempty"`
}

// Install copies the binary into the kernelspec's folder, writes the spec, and
// copies the lessons when a directory for them is named. It may be repeated,
// and a run cut short is mended by the next.
func Install(ctx context.Context, c Config) (*Installed, error) {
	data, err := c.Host.DataDir(ctx, c.Where, c.Prefix)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(data, "kernels", KernelName)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("kernelspec: %w", err)
	}
	old, err := readRecord(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	binary := filepath.Join(dir, binaryName(c.Host.OS))
	spec, err := specFiles(binary)
	if err != nil {
		return nil, err
	}

	rec := record{Version: c.Version, Files: []string{filepath.Base(binary)}}
	for name := range spec {
		rec.Files = append(rec.Files, name)
	}
	sort.Strings(rec.Files)
	if c.LessonsDir != "" {
		if rec.LessonsDir, err = filepath.Abs(c.LessonsDir); err != nil {
			return nil, fmt.Errorf("lessons: %w", err)
		}
	} else if old != nil {
		rec.LessonsDir = old.LessonsDir
	}
	if err := c.Host.putJSON(filepath.Join(dir, recordName), rec); err != nil {
		return nil, err
	}
	if err := c.Host.putFile(binary, c.Binary, 0o755); err != nil {
		return nil, fmt.Errorf("kernelspec: %w", err)
	}
	// kernel.json last: Jupyter lists a folder as a kernel once it is there.
	for _, name := range specOrder {
		if err := c.Host.put(filepath.Join(dir, name), spec[name], 0o644); err != nil {
			return nil, fmt.Errorf("kernelspec: %w", err)
		}
	}
	done := &Installed{Dir: dir}
	if c.LessonsDir == "" {
		return done, nil
	}
	if c.Lessons == nil {
		return done, errors.New("lessons: this program carries none")
	}
	done.Lessons, err = CopyLessons(c.Host, c.Lessons, rec.LessonsDir)
	return done, err
}

// Removed tells what an uninstall did.
type Removed struct {
	Dir     string
	Found   bool     // whether a kernelspec of ours was there
	Strange []string // files in the kernelspec's folder that install did not put there
	Kept    []string // lessons left because they were edited, relative to LessonsDir
	// LessonsDir is where the lessons were copied, "" for nowhere.
	LessonsDir string
}

// Uninstall removes what [Install] put into the same place: the kernelspec and
// the lessons nobody has edited. Folders go when nothing is left in them.
func Uninstall(ctx context.Context, h Host, w Where, prefix string) (*Removed, error) {
	data, err := h.DataDir(ctx, w, prefix)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(data, "kernels", KernelName)
	r := &Removed{Dir: dir}
	rec, err := readRecord(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.Found = true
	if r.LessonsDir = rec.LessonsDir; r.LessonsDir != "" {
		if r.Kept, err = RemoveLessons(rec.LessonsDir); err != nil {
			return r, err
		}
	}
	for _, name := range rec.Files {
		if !filepath.IsLocal(name) {
			return r, fmt.Errorf("uninstall: %s lists %q, which is not in its folder", filepath.Join(dir, recordName), name)
		}
		for _, path := range []string{filepath.Join(dir, name), filepath.Join(dir, name+".old")} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return r, fmt.Errorf("uninstall: %w", err)
			}
		}
	}
	if err := os.Remove(filepath.Join(dir, recordName)); err != nil {
		return r, fmt.Errorf("uninstall: %w", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		return r, fmt.Errorf("uninstall: %w", err)
	}
	for _, e := range left {
		r.Strange = append(r.Strange, e.Name())
	}
	if len(left) == 0 {
		if err := os.Remove(dir); err != nil {
			return r, fmt.Errorf("uninstall: %w", err)
		}
	}
	return r, nil
}

func readRecord(dir string) (*record, error) {
	path := filepath.Join(dir, recordName)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &r, nil
}

func (h Host) putJSON(path string, v any) error {
	data, err := marshal(v)
	if err != nil {
		return err
	}
	return h.put(path, data, 0o644)
}
