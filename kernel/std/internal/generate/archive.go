package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"runnext/kernel/std/internal/index"
)

// writeArchive writes the zip that kernel/std reads piece by piece.
func writeArchive(name string, pkgs []*listed) error {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	z := zip.NewWriter(f)
	if err := fillArchive(z, pkgs); err != nil {
		f.Close()
		return fmt.Errorf("archive: %w", err)
	}
	if err := z.Close(); err != nil {
		f.Close()
		return fmt.Errorf("archive: %w", err)
	}
	return f.Close()
}

func fillArchive(z *zip.Writer, pkgs []*listed) error {
	ix := index.Index{GoVersion: release(), Packages: map[string]index.Package{}}
	for _, p := range pkgs {
		entry := index.Package{Name: p.Name, Module: p.ImportPath, Hidden: p.Hidden, Mentions: p.Mentions}
		// The variables of os and io/fs that hold errors are made of internal
		// packages' that no declaration names.
		for _, path := range p.Imports {
			if simulated[path] && strings.Contains(path, "internal") && !slices.Contains(entry.Mentions, path) {
				entry.Mentions = append(entry.Mentions, path)
			}
		}
		if p.Data != nil {
			if err := put(z, index.Export(p.Path), p.Data); err != nil {
				return err
			}
		}
		if p.hasSource() {
			entry.Imports, entry.Cells = p.Imports, sourced[p.ImportPath]
			for _, file := range p.GoFiles {
				src, err := os.ReadFile(filepath.Join(p.Dir, file))
				if err != nil {
					return err
				}
				entry.Sources = append(entry.Sources, file)
				if err := put(z, index.Source(p.Path, file), bare(src)); err != nil {
					return err
				}
			}
		}
		if !p.Hidden {
			doc, err := docs(p)
			if err != nil {
				return err
			}
			if err := put(z, index.Docs(p.Path), doc); err != nil {
				return err
			}
		}
		ix.Packages[p.Path] = entry
	}
	words, err := builtins()
	if err != nil {
		return err
	}
	doc, err := docs(words)
	if err != nil {
		return err
	}
	if err := put(z, index.Docs(builtin), doc); err != nil {
		return err
	}
	text, err := json.Marshal(ix)
	if err != nil {
		return err
	}
	return put(z, index.Name, text)
}

func put(z *zip.Writer, name string, data []byte) error {
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
