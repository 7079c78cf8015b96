package run

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"

	"runnext/kernel/engine"
)

// Child makes this process the program's: it runs what [Go] hands over and
// does not return. It must be called from the main goroutine of a process that
// has started no others and listens for no signals, so that the Go runtime can
// tell when the program is deadlocked.
func Child(newRunner func() (engine.Runner, error)) {
	os.Exit(child(newRunner))
}

// child gives the status to exit with, unless the program's end is another.
func child(newRunner func() (engine.Runner, error)) int {
	pipe := os.NewFile(fdTask, "task")
	stderr := os.NewFile(fdStderr, "/dev/stderr")
	if pipe == nil || stderr == nil {
		fmt.Fprintln(os.Stderr, "runnext: a program's process is started by runnext run")
		return StatusCrash
	}
	t, err := readTask(pipe)
	if err != nil {
		fmt.Fprintf(os.Stderr, "runnext: %v; a program's process is started by runnext run\n", err)
		return StatusCrash
	}
	if err := pipe.Close(); err != nil {
		fmt.Fprintf(os.Stderr, "runnext: %v\n", err)
		return StatusCrash
	}
	closeOnExec(fdStderr)
	adopt(t, stderr)
	r, err := newRunner()
	if err != nil {
		fmt.Fprintf(os.Stderr, "runnext: %v\n", err)
		return StatusCrash
	}
	p := &programIO{file: t.File}
	rep := r.Run(context.Background(), engine.Job{ID: 1, Cell: fileCell, Program: t.Program, AllowInput: true}, p)
	switch {
	case rep.Failure != nil:
		p.Crash(rep.Failure)
	case rep.Goexit:
		// The others go on; when they have ended the runtime says what it says
		// of a program whose main goroutine is gone.
		runtime.Goexit()
	}
	return 0
}

// lastWords is the file of descriptor 2. It is kept because the descriptor of a
// file that nothing refers to is closed, and the runtime would be silent then.
var lastWords = os.Stderr

// adopt gives the packages that look at the process's arguments and streams
// the program's: they have looked before it was known.
func adopt(t task, stderr *os.File) {
	os.Args = append([]string{t.Name}, t.Args...)
	runtime.KeepAlive(lastWords)
	os.Stderr = stderr
	log.SetOutput(stderr)
	flag.CommandLine = flag.NewFlagSet(t.Name, flag.ExitOnError)
	flag.CommandLine.Usage = func() { flag.Usage() }
}

// programIO is the [engine.Program] of a process that is the program.
type programIO struct{ file string }

func (p *programIO) Stdout() io.Writer    { return os.Stdout }
func (p *programIO) Stderr() io.Writer    { return os.Stderr }
func (p *programIO) Stdin() io.Reader     { return os.Stdin }
func (p *programIO) Clear(bool)           {}
func (p *programIO) Interrupted() *uint32 { return nil }

// Display writes what a display says as text, as lab does in a plain program.
func (p *programIO) Display(d engine.Display) { writePlain(os.Stdout, d.Bundle) }

// SourceFile implements [engine.Program].
func (p *programIO) SourceFile() string { return p.file }

// Late is the failure of a goroutine after main has ended by Goexit.
func (p *programIO) Late(f *engine.Failure) { p.Crash(f) }

// Crash writes what a built program writes and ends the process.
func (p *programIO) Crash(f *engine.Failure) {
	status := StatusCrash
	if f.Kind == engine.KindRefused || f.Kind == engine.KindCompile {
		status = StatusRefused
		for _, line := range refusal(p.file, f) {
			fmt.Fprintln(os.Stderr, line)
		}
	} else {
		io.WriteString(os.Stderr, crashText(p.file, f, goid()))
	}
	os.Exit(status)
}

// writePlain writes the text/plain of a bundle as lines.
func writePlain(w io.Writer, b engine.Bundle) error {
	text, ok := b.Data["text/plain"].(string)
	if !ok {
		return nil
	}
	if len(text) == 0 || text[len(text)-1] != '\n' {
		text += "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
