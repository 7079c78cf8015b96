package worker

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"runnext/kernel/engine"
)

// hello opens the talk in both directions.
type hello struct {
	Version     int
	PID         int   // the sender's
	MemoryLimit int64 // bytes, 0 for none
	StackLimit  int64 // bytes
	Slots       int   // words in the shared memory
}

// question is a job's wish for a line of input.
type question struct {
	ID       uint64
	Prompt   string
	Password bool
}

// answer is what came of a question.
type answer struct {
	ID    uint64
	Text  string
	Error string // "", or one of the errors below by name, or a text
}

// Errors that keep their identity across the processes.
const (
	answerEOF     = "EOF"
	answerNoInput = "no input"
	answerStopped = "interrupted"
)

func answerOf(id uint64, text string, err error) answer {
	a := answer{ID: id, Text: text}
	switch {
	case err == nil:
	case errors.Is(err, io.EOF):
		a.Error = answerEOF
	case errors.Is(err, engine.ErrNoInput):
		a.Error = answerNoInput
	case errors.Is(err, context.Canceled):
		a.Error = answerStopped
	default:
		a.Error = "input: " + err.Error()
	}
	return a
}

func (a answer) err() error {
	switch a.Error {
	case "":
		return nil
	case answerEOF:
		return io.EOF
	case answerNoInput:
		return engine.ErrNoInput
	case answerStopped:
		return context.Canceled
	}
	return errors.New(a.Error)
}

// jobHeader stands before a job's program: slot, cell, flags.
const jobHeader = 16

const (
	flagInput = 1 << iota
	flagSilent
	flagShared
	flagQuery // the program is a query's text
)

func encodeJob(j engine.Job, slot int) []byte {
	var flags uint32
	if j.AllowInput {
		flags |= flagInput
	}
	if j.Silent {
		flags |= flagSilent
	}
	if j.Query != "" {
		flags |= flagQuery
		j.Program = []byte(j.Query)
	}
	if j.Shared {
		flags |= flagShared
	}
	b := make([]byte, 0, jobHeader+len(j.Program))
	b = binary.LittleEndian.AppendUint32(b, uint32(slot))
	b = binary.LittleEndian.AppendUint32(b, flags)
	b = binary.LittleEndian.AppendUint64(b, uint64(j.Cell))
	return append(b, j.Program...)
}

func decodeJob(f frame, slots int) (engine.Job, int, error) {
	if len(f.payload) < jobHeader {
		return engine.Job{}, 0, fmt.Errorf("%w: a job of %d bytes", errFrame, len(f.payload))
	}
	slot := binary.LittleEndian.Uint32(f.payload)
	flags := binary.LittleEndian.Uint32(f.payload[4:])
	if int64(slot) >= int64(slots) || flags&^(flagInput|flagSilent|flagShared|flagQuery) != 0 {
		return engine.Job{}, 0, fmt.Errorf("%w: a job with slot %d, flags %#x", errFrame, slot, flags)
	}
	job := engine.Job{
		ID:         f.job,
		Cell:       int(binary.LittleEndian.Uint64(f.payload[8:])),
		Program:    bytes.Clone(f.payload[jobHeader:]),
		AllowInput: flags&flagInput != 0,
		Silent:     flags&flagSilent != 0,
		Shared:     flags&flagShared != 0,
	}
	if flags&flagQuery != 0 {
		job.Query, job.Program = string(job.Program), nil
	}
	return job, int(slot), nil
}

// marshal is json.Marshal for values of this package and of engine, whose only
// parts that can fail are what a cell put into a bundle.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// unmarshal keeps numbers as they were written.
func unmarshal(f frame, v any) error {
	d := json.NewDecoder(bytes.NewReader(f.payload))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: kind %d: %v", errFrame, f.kind, err)
	}
	return nil
}

// sendable drops from a bundle what JSON cannot hold and says so in its text,
// so that one bad entry does not cost the others.
func sendable(b engine.Bundle) engine.Bundle {
	ok := engine.Bundle{Data: make(map[string]any), Metadata: make(map[string]any)}
	var bad []byte
	for k, v := range b.Data {
		if _, err := json.Marshal(v); err != nil {
			bad = fmt.Appendf(bad, "\n(%s cannot be shown: %v)", k, err)
			continue
		}
		ok.Data[k] = v
	}
	for k, v := range b.Metadata {
		if _, err := json.Marshal(v); err == nil {
			ok.Metadata[k] = v
		}
	}
	text, _ := ok.Data["text/plain"].(string)
	ok.Data["text/plain"] = text + string(bad)
	return ok
}
