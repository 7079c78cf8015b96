// Package index says how the archive of carried packages is laid out: the
// generator writes it, kernel/std reads it. It touches no file.
package index

// Name is the entry that holds the [Index] as JSON.
const Name = "index.json"

// Index lists what an archive holds.
type Index struct {
	GoVersion string // as runtime.Version gives it
	Packages  map[string]Package
}

// Package is one entry, under the path a cell imports.
type Package struct {
	Name     string   // of the package clause
	Module   string   // import path for the toolchain; differs for our own packages
	Hidden   bool     `json:",omitempty"` // needed by sources, not offered to cells
	Mentions []string `json:",omitempty"` // packages that its export data names
	Sources  []string `json:",omitempty"` // files, when its source is carried
	Imports  []string `json:",omitempty"` // packages that its source imports
	Cells    bool     `json:",omitempty"` // checked from its source for cells too, not for the simulator alone
}

// Export names the export data of a package.
func Export(path string) string { return "export/" + path }

// Source names one source file of a package.
func Source(path, file string) string { return "source/" + path + "/" + file }

// Docs names the doc comments of a package, a JSON object.
func Docs(path string) string { return "docs/" + path }
