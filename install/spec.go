package install

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
)

// Spec is a kernel.json (jupyter_client 8.10 kernelspec.py, KernelSpec).
type Spec struct {
	Argv            []string       `json:"argv"`
	DisplayName     string         `json:"display_name"`
	Language        string         `json:"language"`
	InterruptMode   string         `json:"interrupt_mode"`
	ProtocolVersion string         `json:"kernel_protocol_version"`
	Metadata        map[string]any `json:"metadata"`
}

//go:embed logo-svg.svg logo-64x64.png logo-32x32.png
var logos embed.FS

// specOrder is the order in which the files of a kernelspec are written.
var specOrder = []string{"logo-svg.svg", "logo-64x64.png", "logo-32x32.png", "kernel.json"}

// NewSpec describes the kernel whose program stands at the absolute path
// binary. Protocol 5.4 is what the kernel keeps: 5.5 promises the handshake of
// JEP 66. An interrupt is a message: a signal to a Go process that was started
// with it ignored never arrives.
func NewSpec(binary string) Spec {
	return Spec{
		Argv:            []string{binary, "kernel", "-f", "{connection_file}"},
		DisplayName:     "Go (runnext)",
		Language:        "go",
		InterruptMode:   "message",
		ProtocolVersion: "5.4",
		Metadata:        map[string]any{"debugger": false},
	}
}

// specFiles gives the kernelspec's files but for the binary, by name.
func specFiles(binary string) (map[string][]byte, error) {
	spec, err := marshal(NewSpec(binary))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"kernel.json": spec}
	for _, name := range specOrder[:len(specOrder)-1] {
		if files[name], err = logos.ReadFile(name); err != nil {
			return nil, fmt.Errorf("logo: %w", err)
		}
	}
	return files, nil
}

func binaryName(goos string) string {
	if goos == "windows" {
		return "runnext.exe"
	}
	return "runnext"
}

// marshal writes JSON for people: indented, and with <, > and & as they are,
// which a path may hold.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return b.Bytes(), nil
}
