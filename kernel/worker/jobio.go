package worker

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"runnext/kernel/engine"
)

// maxWrite is the most one frame carries of a Write: a large one goes in
// pieces, so that other jobs' frames come between.
const maxWrite = 32 << 10

// jobIO is the engine.IO of one job. It is reachable exactly as long as
// something of the job may use it; the job's slot is given back after that.
type jobIO struct {
	j              *childJob
	stdout, stderr jobWriter
	stdin          jobReader
}

func newJobIO(j *childJob) *jobIO {
	ji := &jobIO{j: j}
	ji.stdout = jobWriter{ji, kindStdout}
	ji.stderr = jobWriter{ji, kindStderr}
	ji.stdin = jobReader{io: ji}
	return ji
}

func (ji *jobIO) Stdout() io.Writer { return &ji.stdout }
func (ji *jobIO) Stderr() io.Writer { return &ji.stderr }
func (ji *jobIO) Stdin() io.Reader  { return &ji.stdin }

// Interrupted returns the job's word. It is the job's as long as the IO is
// reachable: who keeps the pointer keeps the IO too.
func (ji *jobIO) Interrupted() *uint32 { return ji.j.c.shared.word(ji.j.slot) }

// Alarm returns the word that all jobs of this process share.
func (ji *jobIO) Alarm() *uint32 { return ji.j.c.shared.alarm() }

func (ji *jobIO) Display(d engine.Display) {
	d.Bundle = sendable(d.Bundle)
	p, err := marshal(d)
	if err == nil && len(p) > maxPayload {
		err = fmt.Errorf("it takes %d MB, at most %d are sent", len(p)>>20, maxPayload>>20)
	}
	if err != nil {
		fmt.Fprintf(&ji.stderr, "display: %v\n", err)
		return
	}
	ji.j.event(kindDisplay, p)
}

func (ji *jobIO) Clear(wait bool) {
	p := []byte{0}
	if wait {
		p[0] = 1
	}
	ji.j.event(kindClear, p)
}

func (ji *jobIO) Late(f *engine.Failure) {
	if p, err := marshal(f); err == nil && f != nil {
		ji.j.event(kindLate, p)
	}
}

// Part implements [engine.Mourned]. What was printed before goes first; who has
// no place any more has none for its last words either.
func (ji *jobIO) Part(x engine.Parting) {
	if p, err := marshal(x); err == nil && !ji.j.gone.Load() {
		ji.j.c.send(kindParting, ji.j.id, p)
	}
}

// Ask asks the person for a line with a prompt, which engine.IO's Stdin cannot
// carry. Its errors are those of engine.Output.Input.
func (ji *jobIO) Ask(prompt string, password bool) (string, error) {
	return ji.j.ask(prompt, password)
}

// jobWriter labels what is printed with the job and the stream.
type jobWriter struct {
	io   *jobIO
	kind kind
}

// Write returns when p is in memory that outlives this process. It fails only
// for a job that is interrupted while the kernel cannot take more.
func (w *jobWriter) Write(p []byte) (int, error) {
	for n := 0; n < len(p); {
		step := min(len(p)-n, maxWrite)
		if err := w.io.j.event(w.kind, p[n:n+step]); err != nil {
			return n, err
		}
		n += step
	}
	return len(p), nil
}

// jobReader is standard input: a line is asked for when it is read empty.
type jobReader struct {
	io   *jobIO
	mu   sync.Mutex
	rest bytes.Buffer
}

func (r *jobReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if r.rest.Len() == 0 {
		line, err := r.io.j.ask("", false)
		if err != nil {
			return 0, err
		}
		r.rest.WriteString(line)
		r.rest.WriteByte('\n')
	}
	return r.rest.Read(p)
}
