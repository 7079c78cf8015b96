package explore

// JSON is a report as data: the fields of an application/json bundle.
type JSON struct {
	Complete  bool          `json:"complete"`
	Bound     int           `json:"bound"` // preemptions; where not even bound 0 was finished, 0
	Schedules int           `json:"schedules"`
	Outcomes  []OutcomeJSON `json:"outcomes"`
	Findings  []FindingJSON `json:"findings"`
}

// OutcomeJSON is a way the program can end.
type OutcomeJSON struct {
	Stdout  string `json:"stdout"`
	Status  int    `json:"status"`
	Verdict string `json:"verdict"` // certain or possible
}

// FindingJSON is one thing that is wrong.
type FindingJSON struct {
	Kind     Kind       `json:"kind"`
	Lines    []int      `json:"lines"`
	Schedule []StepJSON `json:"schedule"`
}

// StepJSON is an operation of a schedule; G is 0 for a timer, Line for a place
// outside of the program's own code.
type StepJSON struct {
	G    int64  `json:"g"`
	Do   string `json:"do"`
	Func string `json:"func,omitempty"`
	Line int    `json:"line,omitempty"`
}

// JSON gives the report as data.
func (r *Report) JSON() JSON {
	out := JSON{Complete: r.Complete, Bound: max(r.Bound, 0), Schedules: r.Schedules,
		Outcomes: []OutcomeJSON{}, Findings: []FindingJSON{}}
	for _, o := range r.Outcomes {
		verdict := "possible"
		if o.Certain {
			verdict = "certain"
		}
		out.Outcomes = append(out.Outcomes, OutcomeJSON{Stdout: o.Stdout, Status: o.Status, Verdict: verdict})
	}
	for _, f := range r.Findings {
		x := FindingJSON{Kind: f.Kind, Lines: f.Lines, Schedule: []StepJSON{}}
		for _, s := range f.Schedule {
			x.Schedule = append(x.Schedule, StepJSON{G: s.G, Do: s.Do, Func: s.Func, Line: s.Line})
		}
		out.Findings = append(out.Findings, x)
	}
	return out
}
