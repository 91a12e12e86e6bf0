package cmd

import (
	"context"

	"github.com/rolecall-dev/rolecall/plan"
)

// An execution is a plan to execute, with the connections to do it.
type execution struct {
	dir     string // of the configuration
	plan    *plan.Document
	tenants []*tenant // in the order of plan.Plans
	close   func()    // lets go of the connections and of the locks
}

// planned makes a job from a directory. Where an approved document is given, the
// job holds only what is in it as well.
func (f *Factory) planned(ctx context.Context, dir string, approved *plan.Document, o *applyOptions) (*execution, error) {
	w, err := f.open(ctx, dir, &o.planOptions, true)
	if err != nil {
		return nil, err
	}
	d, err := w.plan(ctx, o.targets, approved)
	if err != nil {
		w.close()
		return nil, err
	}
	return &execution{dir: dir, plan: d, tenants: w.tenants, close: w.close}, nil
}
