package install

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// write puts everything of r at path: a reader sees the old file or the new
// one, never a half. The directory must exist.
func (h Host) write(path string, r io.Reader, perm fs.FileMode) (err error) {
	f, err := h.Create(filepath.Dir(path), ".runnext-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, plain(err))
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, plain(err))
			os.Remove(f.Name()) // best effort: err says what went wrong
		}
	}()
	if _, err = io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	if err = f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), perm); err != nil {
		return err
	}
	return h.replace(f.Name(), path)
}

// replace renames from over to. Windows does not replace a program that runs,
// but lets it be renamed: the old one is moved aside and removed when it can.
func (h Host) replace(from, to string) error {
	err := os.Rename(from, to)
	if err == nil || h.OS != "windows" {
		return err
	}
	old := to + ".old"
	os.Remove(old)
	if os.Rename(to, old) != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Rename(old, to))
	}
	os.Remove(old) // fails while it runs; the next install removes it
	return nil
}

// put writes data unless the file holds it already.
func (h Host) put(path string, data []byte, perm fs.FileMode) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return h.write(path, bytes.NewReader(data), perm)
}

// putFile copies a file unless the target holds the same bytes already.
func (h Host) putFile(path, source string, perm fs.FileMode) error {
	if same(path, source) {
		return nil
	}
	f, err := os.Open(source)
	if err != nil {
		return err
	}
	defer f.Close()
	return h.write(path, f, perm)
}

func same(a, b string) bool {
	x, err := hashFile(a)
	if err != nil {
		return false
	}
	y, err := hashFile(b)
	return err == nil && x == y
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashBytes(p []byte) string {
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:])
}

// plain drops operation and path from a file error: the caller's message
// names the file a person knows, not the temporary one beside it.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
