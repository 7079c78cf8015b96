package run

import (
	"encoding/json"
	"fmt"
	"io"
)

// Descriptors of the program's process besides 0, 1 and 2. On descriptor 2 is
// a pipe for the Go runtime's last words, which are retold; what the program
// writes to os.Stderr goes to where it was meant to go without a detour.
const (
	fdTask   = 3
	fdStderr = 4
)

// task is what the program's process is told.
type task struct {
	File    string
	Name    string // os.Args[0]
	Args    []string
	Program []byte
}

func (t task) write(w io.Writer) error {
	if err := json.NewEncoder(w).Encode(t); err != nil {
		return fmt.Errorf("hand over program: %w", err)
	}
	return nil
}

func readTask(r io.Reader) (task, error) {
	var t task
	if err := json.NewDecoder(r).Decode(&t); err != nil {
		return t, fmt.Errorf("take over program: %w", err)
	}
	return t, nil
}
