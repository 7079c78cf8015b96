package run

import (
	"context"

	"runnext/kernel/engine"
)

type compiled struct{}

func (compiled) Run(ctx context.Context, job engine.Job, io engine.IO) engine.Report {
	return engine.Report{}
}
