package lessons

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
)

//go:embed en/*.ipynb
var files embed.FS

// FS gives the notebooks, each language in a folder of its own: en/…. Their
// language_info names that version of Go, without "go" before it, as the
// kernel_info_reply does: JupyterLab takes a notebook that differs from the
// reply for edited as soon as it opens it.
func FS(version string) fs.FS { return dated{version} }

// dated is the notebooks with the version of their language.
type dated struct{ version string }

func (d dated) Open(name string) (fs.File, error) {
	f, err := files.Open(name)
	if err != nil || path.Ext(name) != ".ipynb" {
		return f, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	raw, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	last := []byte("   \"pygments_lexer\": \"go\"\n")
	data := bytes.Replace(raw, last, fmt.Appendf(nil, "   \"pygments_lexer\": \"go\",\n   \"version\": %q\n", d.version), 1)
	return &notebook{Reader: bytes.NewReader(data), info: size{info, int64(len(data))}}, nil
}

func (d dated) ReadDir(name string) ([]fs.DirEntry, error) { return files.ReadDir(name) }

// notebook is an open file.
type notebook struct {
	*bytes.Reader
	info size
}

func (n *notebook) Stat() (fs.FileInfo, error) { return n.info, nil }
func (n *notebook) Close() error               { return nil }

type size struct {
	fs.FileInfo
	bytes int64
}

func (s size) Size() int64 { return s.bytes }
