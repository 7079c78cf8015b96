// Command generate writes what the binary carries of the standard library into
// kernel/std/gen: export data, symbols for the interpreter, sources of the
// packages whose bodies are needed, and doc comments. It asks the Go toolchain
// in use for all of it. It is run by the build, never at run time; what reads
// the result is runnext/kernel/std.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	dir := flag.String("o", filepath.Join("kernel", "std", "gen"), "folder to write")
	flag.Parse()
	if err := run(*dir); err != nil {
		log.Fatal(err)
	}
}

// run fills dir, which is replaced as a whole.
func run(dir string) error {
	pkgs, err := listPackages(release())
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("empty the folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	if err := writeArchive(filepath.Join(dir, "carried.zip"), pkgs); err != nil {
		return err
	}
	return writeSymbols(dir, pkgs)
}

// release gives the toolchain's version without the experiments it was told to
// build with.
func release() string {
	v, _, _ := strings.Cut(runtime.Version(), "-X:")
	return v
}
