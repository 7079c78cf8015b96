package worker

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// version changes whenever the meaning of a frame or of the shared memory does.
const version = 3

// kind says what a frame carries.
type kind uint8

// From the kernel to the worker.
const (
	kindHello  kind = 1 + iota // JSON of hello
	kindWarm                   // build the runner now
	kindJob                    // jobHeader, then the program
	kindCancel                 // cancel the job's context
	kindAnswer                 // JSON of answer
	kindForget                 // the job's slot is taken back
	kindGC                     // collect garbage: slots are running out
)

// From the worker to the kernel.
const (
	kindReady    kind = 64 + iota // JSON of hello
	kindStdout                    // bytes
	kindStderr                    // bytes
	kindDisplay                   // JSON of engine.Display
	kindClear                     // one byte: wait
	kindAsk                       // JSON of question
	kindLate                      // JSON of engine.Failure
	kindReport                    // JSON of engine.Report
	kindReleased                  // nothing of the job is left
	kindParting                   // JSON of engine.Parting: the process ends
)

const (
	// headerSize: length of the payload, kind, three zero bytes, job.
	headerSize = 16
	// maxPayload is what one display may hold; the sockets carry no more.
	maxPayload = 64 << 20
	// firstAlloc bounds what a frame's length alone makes a reader allocate.
	firstAlloc = 64 << 10
)

// errFrame says that the other side wrote what is no frame.
var errFrame = errors.New("broken frame")

// frame is one message between the processes.
type frame struct {
	kind    kind
	job     uint64
	payload []byte
}

// appendHeader writes the header of a frame with n bytes of payload.
func appendHeader(b []byte, k kind, job uint64, n int) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = append(b, byte(k), 0, 0, 0)
	return binary.LittleEndian.AppendUint64(b, job)
}

func appendFrame(b []byte, f frame) []byte {
	return append(appendHeader(b, f.kind, f.job, len(f.payload)), f.payload...)
}

// frameReader takes frames from a stream of bytes.
type frameReader struct {
	r   *bufio.Reader
	buf []byte
}

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, firstAlloc)}
}

// next returns the next frame, whose payload is valid until the call after.
// The error is io.EOF between frames, io.ErrUnexpectedEOF inside one, and
// wraps errFrame for bytes that are none.
func (r *frameReader) next() (frame, error) {
	h, err := r.r.Peek(headerSize)
	if err != nil {
		if err == io.EOF && len(h) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return frame{}, err
	}
	n := int64(binary.LittleEndian.Uint32(h))
	f := frame{kind: kind(h[4]), job: binary.LittleEndian.Uint64(h[8:])}
	if n > maxPayload || h[5]|h[6]|h[7] != 0 {
		return frame{}, fmt.Errorf("%w: kind %d, %d bytes", errFrame, f.kind, n)
	}
	r.r.Discard(headerSize)
	if cap(r.buf) > firstAlloc && n <= firstAlloc {
		r.buf = nil // one large display is no reason to keep its room
	}
	// The room grows with what arrives, not with what is announced.
	r.buf = r.buf[:0]
	for int64(len(r.buf)) < n {
		step := int(min(n-int64(len(r.buf)), int64(max(firstAlloc, len(r.buf)))))
		at := len(r.buf)
		if cap(r.buf) < at+step {
			r.buf = append(make([]byte, 0, at+step), r.buf...)
		}
		r.buf = r.buf[:at+step]
		if _, err := io.ReadFull(r.r, r.buf[at:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return frame{}, err
		}
	}
	f.payload = r.buf
	return f, nil
}
