package session

import (
	"context"
	"fmt"

	"runnext/kernel/engine"
	"runnext/kernel/wire"
)

// output is where a cell's engine puts what the cell produces. Everything
// carries the cell's own request as its parent, also after the cell is over.
// A silent cell publishes nothing (jupyter messaging 5.5, execute).
type output struct {
	session *Session
	cell    *execution
}

var _ engine.Output = (*output)(nil)

// Stream gathers printed text.
func (o *output) Stream(name string, text []byte) {
	if !o.cell.request.Silent {
		o.session.batch.Write(o.cell, name, text)
	}
}

// Display publishes after what was printed before it.
func (o *output) Display(d engine.Display) {
	if o.cell.request.Silent {
		return
	}
	if d.ID == "" {
		d.Update = false // nothing to update
	}
	o.session.pace.display(o.cell, d)
}

// display publishes d now.
func (s *Session) display(x *execution, d engine.Display) {
	msgType := wire.TypeDisplayData
	if d.Update {
		msgType = wire.TypeUpdateDisplayData
	}
	data := s.encodable(d.Bundle)
	content := wire.DisplayData{Data: data.Data, Metadata: data.Metadata, Transient: wire.Transient{DisplayID: d.ID}}
	s.output(x, msgType, content)
}

// Clear publishes clear_output after what it is to clear.
func (o *output) Clear(wait bool) {
	if o.cell.request.Silent {
		return
	}
	o.session.pace.flush(o.cell)
	o.session.output(o.cell, wire.TypeClearOutput, wire.ClearOutput{Wait: wait})
}

// Late publishes the failure of a goroutine; nothing is aborted by it.
func (o *output) Late(f *engine.Failure) { o.failure(f) }

func (o *output) failure(f *engine.Failure) {
	if !o.cell.request.Silent {
		o.session.output(o.cell, wire.TypeError,
			wire.Error{Name: string(f.Kind), Value: f.Text, Traceback: f.Traceback()})
	}
}

func (o *output) value(b engine.Bundle) {
	b = o.session.encodable(b)
	o.session.output(o.cell, wire.TypeExecuteResult,
		wire.ExecuteResult{ExecutionCount: o.cell.count, Data: b.Data, Metadata: b.Metadata})
}

// Input asks the client that sent the cell.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	s, x := o.session, o.cell
	switch {
	case !x.request.AllowStdin:
		return "", engine.ErrNoInput
	case x.over.Load():
		return "", fmt.Errorf("the cell is over: %w", engine.ErrNoInput)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(x.ctx, cancel)()
	s.pace.flush(x)
	s.batch.Flush(x)
	s.iopub.drain(ctx)
	return s.stdin.ask(ctx, x.message, wire.InputRequest{Prompt: prompt, Password: password})
}

// output publishes one message that is not a stream, after the cell's streams.
func (s *Session) output(x *execution, msgType string, content any) {
	s.batch.Flush(x)
	s.iopub.limit.Wait(1, 0)
	if err := s.iopub.send(x, "", msgType, content); err != nil {
		s.log.Warn("output is lost", "type", msgType, "error", err)
	}
}

// publishStream is where the batcher leaves its messages.
func (s *Session) publishStream(key any, name, text string) error {
	return s.iopub.send(key.(*execution), "stream."+name, wire.TypeStream, wire.Stream{Name: name, Text: text})
}

// encodable gives the bundle without what JSON cannot hold, and with
// text/plain in any case.
func (s *Session) encodable(b engine.Bundle) engine.Bundle {
	whole := true
	for mime, v := range b.Data {
		if _, isText := v.(string); !isText {
			if _, err := wire.Marshal(map[string]any{mime: v}); err != nil {
				s.log.Warn("part of a display is left out", "mime", mime, "error", err)
				whole = false
			}
		}
	}
	if _, err := wire.Marshal(b.Metadata); err != nil {
		s.log.Warn("metadata of a display is left out", "error", err)
		b.Metadata = nil
	}
	if _, ok := b.Data["text/plain"]; ok && whole {
		return b
	}
	data := map[string]any{"text/plain": ""}
	for mime, v := range b.Data {
		if _, err := wire.Marshal(map[string]any{mime: v}); err == nil {
			data[mime] = v
		}
	}
	return engine.Bundle{Data: data, Metadata: b.Metadata}
}
