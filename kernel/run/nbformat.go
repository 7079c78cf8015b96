package run

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// document is what running a notebook needs of nbformat 4
// (nbformat 5.10, docs/format_description.rst). Reading is lenient: what
// running does not need may be missing or of another type.
type document struct {
	language string
	cells    []codeCell
}

// codeCell is one cell of Go.
type codeCell struct {
	code     string
	mayRaise bool // tagged raises-exception
}

// readDocument reads the text of an .ipynb file.
func readDocument(text []byte) (document, error) {
	var doc document
	var raw struct {
		Format   json.Number       `json:"nbformat"`
		Cells    []json.RawMessage `json:"cells"`
		Metadata json.RawMessage   `json:"metadata"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return doc, fmt.Errorf("not a notebook: %w", err)
	}
	if format, err := raw.Format.Int64(); err != nil || format != 4 {
		return doc, fmt.Errorf("not a notebook of nbformat 4 (nbformat is %q)", raw.Format.String())
	}
	doc.language = languageOf(raw.Metadata)
	for i, r := range raw.Cells {
		var c struct {
			Type     string          `json:"cell_type"`
			Source   json.RawMessage `json:"source"`
			Metadata json.RawMessage `json:"metadata"`
		}
		if err := json.Unmarshal(r, &c); err != nil {
			return doc, fmt.Errorf("cell %d: %w", i+1, err)
		}
		if c.Type != "code" {
			continue
		}
		code, err := multiline(c.Source)
		if err != nil {
			return doc, fmt.Errorf("cell %d: source: %w", i+1, err)
		}
		doc.cells = append(doc.cells, codeCell{code, slices.Contains(tagsOf(c.Metadata), "raises-exception")})
	}
	return doc, nil
}

// multiline reads nbformat's text: a string, or a list of them.
func multiline(raw json.RawMessage) (string, error) {
	var one string
	if err := json.Unmarshal(raw, &one); err == nil {
		return one, nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", fmt.Errorf("neither a string nor a list of strings")
	}
	return strings.Join(list, ""), nil
}

func tagsOf(metadata json.RawMessage) []string {
	var m struct {
		Tags []string `json:"tags"`
	}
	if json.Unmarshal(metadata, &m) != nil {
		return nil
	}
	return m.Tags
}

// languageOf gives what the notebook says it is written in, "" when it does not.
func languageOf(metadata json.RawMessage) string {
	var m struct {
		Kernel struct {
			Language string `json:"language"`
		} `json:"kernelspec"`
		Info struct {
			Name string `json:"name"`
		} `json:"language_info"`
	}
	if json.Unmarshal(metadata, &m) != nil {
		return ""
	}
	if m.Kernel.Language != "" {
		return m.Kernel.Language
	}
	return m.Info.Name
}
