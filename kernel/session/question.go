package session

import (
	"context"

	"runnext/kernel/session/history"
	"runnext/kernel/wire"
)

// featureSubshells is how kernel_info says that JEP 91 is there; JupyterLab
// compares the string exactly.
const featureSubshells = "kernel subshells"

// question gives who answers a request that never waits for a running cell,
// or nil.
func (s *Session) question(msgType string) handler {
	switch msgType {
	case wire.TypeKernelInfoRequest:
		return s.kernelInfo
	case wire.TypeCompleteRequest:
		return s.complete
	case wire.TypeInspectRequest:
		return s.inspect
	case wire.TypeIsCompleteRequest:
		return s.isComplete
	case wire.TypeHistoryRequest:
		return s.pastCells
	case wire.TypeCommInfoRequest:
		return s.commInfo
	case wire.TypeConnectRequest:
		return s.connect
	case wire.TypeCommOpen:
		return s.refuseComm
	case wire.TypeCommMsg, wire.TypeCommClose:
		return s.ignore
	}
	return nil
}

// infoReply adds to kernel_info_reply what a client that lost an idle can ask
// for (JEP 134, draft).
type infoReply struct {
	plainInfo
	ExecutionState string `json:"execution_state"`
}

type plainInfo wire.KernelInfoReply

func (s *Session) kernelInfo(context.Context, *wire.Message) (any, error) {
	i := s.engine.Info()
	links := make([]wire.HelpLink, 0, len(i.HelpLinks))
	for _, l := range i.HelpLinks {
		links = append(links, wire.HelpLink{Text: l.Text, URL: l.URL})
	}
	return infoReply{
		plainInfo: plainInfo{
			Status:                wire.StatusOK,
			ProtocolVersion:       wire.ProtocolVersion,
			Implementation:        i.Implementation,
			ImplementationVersion: i.ImplementationVersion,
			LanguageInfo: wire.LanguageInfo{
				Name:              i.Language,
				Version:           i.LanguageVersion,
				MIMEType:          i.MIMEType,
				FileExtension:     i.FileExtension,
				PygmentsLexer:     i.PygmentsLexer,
				CodeMirrorMode:    i.CodeMirrorMode,
				NBConvertExporter: i.NBConvertExporter,
			},
			Banner:            i.Banner,
			HelpLinks:         links,
			SupportedFeatures: wire.Texts{featureSubshells},
		},
		ExecutionState: s.iopub.executionState(),
	}, nil
}

func (s *Session) complete(ctx context.Context, m *wire.Message) (any, error) {
	r, err := wire.ParseCompleteRequest(m.Content)
	if err != nil {
		return nil, err
	}
	c := s.engine.Complete(ctx, r.Code, r.Offset())
	start, end := wire.ByteToCodePoint(r.Code, c.Start), wire.ByteToCodePoint(r.Code, c.End)
	matches := make(wire.Texts, 0, len(c.Items))
	typed := make([]wire.TypedMatch, 0, len(c.Items))
	for _, item := range c.Items {
		matches = append(matches, item.Text)
		typed = append(typed, wire.TypedMatch{
			Start: start, End: end, Text: item.Text, Type: item.Kind, Signature: item.Signature,
		})
	}
	return wire.CompleteReply{
		Status: wire.StatusOK, Matches: matches, CursorStart: start, CursorEnd: end,
		Metadata: wire.MIME{wire.TypedMatches: typed},
	}, nil
}

func (s *Session) inspect(ctx context.Context, m *wire.Message) (any, error) {
	r, err := wire.ParseInspectRequest(m.Content)
	if err != nil {
		return nil, err
	}
	bundle, found := s.engine.Inspect(ctx, r.Code, r.Offset(), r.DetailLevel)
	if !found {
		return wire.InspectReply{Status: wire.StatusOK}, nil
	}
	bundle = s.encodable(bundle)
	return wire.InspectReply{Status: wire.StatusOK, Found: true, Data: bundle.Data, Metadata: bundle.Metadata}, nil
}

func (s *Session) isComplete(_ context.Context, m *wire.Message) (any, error) {
	r, err := wire.ParseIsCompleteRequest(m.Content)
	if err != nil {
		return nil, err
	}
	c := s.engine.IsComplete(r.Code)
	return wire.IsCompleteReply{Status: c.Status, Indent: c.Indent}, nil
}

func (s *Session) pastCells(_ context.Context, m *wire.Message) (any, error) {
	r, err := wire.ParseHistoryRequest(m.Content)
	if err != nil {
		return nil, err
	}
	limit := r.N
	if limit == 0 {
		limit = -1
	}
	var entries []history.Entry
	switch r.AccessType {
	case wire.HistoryRange:
		var stop *int
		if r.Stop != 0 {
			stop = &r.Stop
		}
		entries = s.history.Range(r.Session, r.Start, stop)
	case wire.HistorySearch:
		entries = s.history.Search(r.Pattern, limit, r.Unique)
	default:
		entries = s.history.Tail(limit)
	}
	reply := wire.HistoryReply{Status: wire.StatusOK, History: make([]wire.HistoryEntry, 0, len(entries))}
	for _, e := range entries {
		reply.History = append(reply.History, wire.HistoryEntry{
			Session: e.Session, Line: e.Line, Input: e.Input, Output: e.Output, WithOutput: r.Output,
		})
	}
	return reply, nil
}

func (s *Session) commInfo(context.Context, *wire.Message) (any, error) {
	return wire.CommInfoReply{Status: wire.StatusOK, Comms: map[string]wire.CommTarget{}}, nil
}

func (s *Session) connect(context.Context, *wire.Message) (any, error) { return s.ports, nil }

// commClose is comm_close; wire.Comm has fields that only other messages have.
type commClose struct {
	CommID string   `json:"comm_id"`
	Data   struct{} `json:"data"`
}

// refuseComm closes a comm at once: this kernel has no targets.
func (s *Session) refuseComm(_ context.Context, m *wire.Message) (any, error) {
	c, err := wire.ParseComm(m.Content)
	if err != nil {
		return nil, err
	}
	return nil, s.iopub.owe(m, wire.TypeCommClose, commClose{CommID: c.CommID})
}

func (s *Session) ignore(context.Context, *wire.Message) (any, error) { return nil, nil }
