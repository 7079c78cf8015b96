package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"runnext/kernel/engine"
)

// framed shows below the cell that a compiled program was made of: the kernel
// reads what is shown off the program's standard output, where it stands
// between what the program prints. mark is drawn for each run, so that nothing
// else looks like it (runnext/kernel/engine/native reads it).
type framed struct {
	w    io.Writer
	mark string
}

// markVariable names the environment variable that holds the mark.
const markVariable = "RUNNEXT_MARK"

// frameOf is one thing shown, or a change to one.
type frameOf struct {
	Data     map[string]any `json:",omitempty"`
	Metadata map[string]any `json:",omitempty"`
	ID       string         `json:",omitempty"`
	Update   bool           `json:",omitempty"`
	Clear    bool           `json:",omitempty"`
}

func (f framed) put(v frameOf) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("lab: this value cannot be shown: %v", err))
	}
	// In one write, which nothing else that goes through w can split.
	_, _ = fmt.Fprintf(f.w, "\x1b_%s %d\x1b\\%s", f.mark, len(data), data)
}

func (f framed) show(d engine.Display) {
	f.put(frameOf{Data: d.Data, Metadata: d.Metadata, ID: d.ID, Update: d.Update})
}
func (f framed) clear()        { f.put(frameOf{Clear: true}) }
func (f framed) live() bool    { return true }
func (f framed) stopped() bool { return false } // an interrupt is a signal there

// compiled gives the way out of a compiled program.
func compiled() sink {
	if mark := os.Getenv(markVariable); mark != "" {
		return framed{os.Stdout, mark}
	}
	return printer{os.Stdout}
}
