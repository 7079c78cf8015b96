package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// File is what a session appends to.
type File interface {
	io.Writer
	io.Closer
}

// record is one line of a session's file: the input of a cell when it is
// started, the output when there is one.
type record struct {
	Line   int     `json:"line"`
	Input  *string `json:"input,omitempty"`
	Output *string `json:"output,omitempty"`
}

const (
	filePrefix = "session-"
	fileSuffix = ".jsonl"
	// longestLine bounds what a broken file can make us hold.
	longestLine = 64 << 20
	// longestBacklog bounds what waits in memory for a disk that is full.
	longestBacklog = 16 << 20
)

// store is the directory. Its fields are guarded by the Log's mutex; read and
// sessions touch none of them but the configuration and the reports.
type store struct {
	config  Config
	number  int // of the running session, 0 before it has a file
	file    File
	pending []byte // complete lines that the file did not take yet
	closed  bool

	brokenWrite, brokenRead sync.Once
}

func (s *store) path(number int) string {
	return filepath.Join(s.config.Dir, fmt.Sprintf("%s%06d%s", filePrefix, number, fileSuffix))
}

// append stores one record, and whatever an earlier call could not.
func (s *store) append(r record) {
	if s.config.Dir == "" || s.closed {
		return
	}
	line, err := json.Marshal(r)
	if err != nil {
		s.unwritable(err)
		return
	}
	if len(s.pending)+len(line) > longestBacklog {
		return // reported when the backlog began
	}
	s.pending = append(append(s.pending, line...), '\n')
	if err := s.write(); err != nil {
		s.unwritable(err)
	}
}

func (s *store) write() error {
	if s.file == nil {
		if err := s.create(); err != nil {
			return err
		}
	}
	n, err := s.file.Write(s.pending)
	s.pending = s.pending[:copy(s.pending, s.pending[n:])]
	return err
}

// create takes the next free session number. The exclusive creation of the
// file settles which of two kernels gets it.
func (s *store) create() error {
	if err := os.MkdirAll(s.config.Dir, 0o700); err != nil {
		return err
	}
	create := s.config.Create
	if create == nil {
		create = func(path string) (File, error) {
			return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_APPEND|os.O_WRONLY, 0o600)
		}
	}
	for number := s.last() + 1; ; number++ {
		f, err := create(s.path(number))
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		s.number, s.file = number, f
		return nil
	}
}

func (s *store) close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if len(s.pending) > 0 {
		err = s.write()
	}
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
	}
	return err
}

// sessions gives the numbers of the stored sessions in rising order.
func (s *store) sessions() []int {
	if s.config.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(s.config.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.unreadable(err)
	}
	var numbers []int
	for _, e := range entries {
		name, isOurs := strings.CutPrefix(e.Name(), filePrefix)
		name, isFile := strings.CutSuffix(name, fileSuffix)
		if n, err := strconv.Atoi(name); isOurs && isFile && err == nil && n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// last gives the highest number in use, 0 when there is none.
func (s *store) last() int {
	if all := s.sessions(); len(all) > 0 {
		return all[len(all)-1]
	}
	return 0
}

// read gives the cells of a stored session. Lines that cannot be read are left
// out: the last one of a kernel that was killed, or whatever a disk did.
func (s *store) read(number int) []Entry {
	f, err := os.Open(s.path(number))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.unreadable(err)
		}
		return nil
	}
	defer f.Close()
	cells, err := parse(f, number)
	if err != nil {
		s.unreadable(fmt.Errorf("%s: %w", f.Name(), err))
	}
	return cells
}

// parse reads the lines of a session. Its error tells of lines it left out.
func parse(r io.Reader, number int) ([]Entry, error) {
	var cells []Entry
	var bad error
	place := make(map[int]int) // line of a cell → its latest index in cells
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	for at := 1; lines.Scan(); at++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		var rec record
		if err := json.Unmarshal(text, &rec); err != nil {
			bad = fmt.Errorf("line %d: %w", at, err)
			continue
		}
		if rec.Input != nil {
			place[rec.Line] = len(cells)
			cells = append(cells, Entry{Session: number, Line: rec.Line, Input: *rec.Input})
		}
		if i, ok := place[rec.Line]; ok && rec.Output != nil {
			cells[i].Output, cells[i].Valued = *rec.Output, true
		}
	}
	return cells, errors.Join(bad, lines.Err())
}

func (s *store) unwritable(err error) {
	s.brokenWrite.Do(func() {
		s.report(fmt.Errorf("history is kept in memory only: %w", err))
	})
}

func (s *store) unreadable(err error) {
	s.brokenRead.Do(func() {
		s.report(fmt.Errorf("part of the history is left out: %w", err))
	})
}

func (s *store) report(err error) {
	if s.config.Report != nil {
		s.config.Report(err)
	}
}
