package session

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/wire"
)

// execution is one execute_request from the moment it leaves its queue. It is
// the key under which what its cell prints is gathered, also by goroutines
// that outlive the cell.
type execution struct {
	shell   *subshell
	message *wire.Message
	left    time.Time       // its queue
	ctx     context.Context // ends with an interrupt, and after the reply
	cancel  context.CancelFunc

	request   wire.ExecuteRequest // set before the cell starts
	malformed bool                // there is no code to run
	count     int                 // execution count; the current one when the cell is not stored
	over      atomic.Bool         // the engine has ended it

	interrupted atomic.Bool // before its end; its output no longer waits for slow subscribers
}

func newExecution(ctx context.Context, shell *subshell, m *wire.Message, now time.Time) *execution {
	x := &execution{shell: shell, message: m, left: now}
	x.ctx, x.cancel = context.WithCancel(ctx)
	return x
}

// execute answers one execute_request (jupyter messaging 5.5, execute): busy,
// execute_input, output, result or error, then the reply, then idle.
func (s *Session) execute(x *execution) {
	started := s.clock.Now()
	request, err := wire.ParseExecuteRequest(x.message.Content)
	x.request, x.malformed = request, err != nil
	stored := request.StoreHistory && !x.malformed
	s.iopub.start(x, func() {
		if stored {
			s.count++
		}
		x.count = s.count
	})
	out := &output{session: s, cell: x}
	var outcome engine.Outcome
	if err != nil {
		outcome.Failure = refused(err)
	} else {
		if stored && strings.TrimSpace(request.Code) != "" {
			s.history.Input(x.count, request.Code)
		}
		outcome = s.runCell(x, out, stored)
	}
	x.over.Store(true)
	s.pace.flush(x)
	s.batch.End(x)

	if outcome.Failure != nil && request.StopOnError && !request.Silent {
		// Before anybody can know of the error: what a client sends when it
		// does know runs, what it has sent before may still be on its way.
		s.pause(x.ctx, s.settle)
		x.shell.abort()
	}
	reply := s.conclude(x, out, outcome)
	s.iopub.drain(x.ctx)
	metadata, err := json.Marshal(map[string]string{"started": wire.FormatDate(started)})
	if err != nil {
		metadata = nil
	}
	s.reply(s.shell, x.message, wire.TypeExecuteReply, reply, metadata)
	s.iopub.finish(x)
}

func (s *Session) runCell(x *execution, out *output, stored bool) (outcome engine.Outcome) {
	defer s.recovered("execute", func(err error) {
		outcome = engine.Outcome{Failure: &engine.Failure{
			Kind: engine.KindFatal, Text: err.Error(),
			Why: "This is a defect of the kernel, not of the cell.",
			Try: "Save the notebook and restart the kernel if cells go on failing.",
		}}
	})
	cell := engine.Cell{
		Code:       x.request.Code,
		Silent:     x.request.Silent,
		AllowInput: x.request.AllowStdin,
		Subshell:   x.shell.id,
	}
	if stored {
		cell.Number = x.count
	}
	return s.engine.Execute(x.ctx, cell, out)
}

// conclude publishes how a cell ended and gives the content of its reply.
func (s *Session) conclude(x *execution, out *output, outcome engine.Outcome) any {
	if f := outcome.Failure; f != nil {
		out.failure(f)
		return wire.ExecuteErrorReply{ErrorReply: errorReply(f), ExecutionCount: x.count}
	}
	reply := wire.ExecuteReply{Status: wire.StatusOK, ExecutionCount: x.count, UserExpressions: wire.MIME{}}
	if v := outcome.Value; v != nil && !x.request.Silent {
		out.value(*v)
		if x.request.StoreHistory {
			if text, ok := v.Data["text/plain"].(string); ok {
				s.history.Output(x.count, text)
			}
		}
	}
	if outcome.Page != nil {
		reply.Payload = append(reply.Payload, wire.NewPagePayload(outcome.Page.Data))
	}
	for _, key := range slices.Sorted(maps.Keys(x.request.UserExpressions)) {
		reply.UserExpressions[key] = s.evaluate(x.ctx, x.request.UserExpressions[key])
	}
	return reply
}

// evaluate answers one user expression; one that fails fails alone.
func (s *Session) evaluate(ctx context.Context, expr string) (answer any) {
	defer s.recovered("evaluate", func(err error) { answer = errorReply(refused(err)) })
	bundle, failure := s.engine.Evaluate(ctx, expr)
	if failure != nil {
		return errorReply(failure)
	}
	value := wire.ExpressionValue{Status: wire.StatusOK, Data: bundle.Data, Metadata: bundle.Metadata}
	if _, err := wire.Marshal(value); err != nil {
		return errorReply(refused(err))
	}
	return value
}

// refused is what a request gets that cannot be served as it stands.
func refused(err error) *engine.Failure {
	return &engine.Failure{Kind: engine.KindRefused, Text: err.Error()}
}

func errorReply(f *engine.Failure) wire.ErrorReply {
	return wire.NewErrorReply(string(f.Kind), f.Text, f.Traceback())
}
