package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rolecall-dev/rolecall/plan"
)

// A job is a plan to execute, with the connections to do it.
type job struct {
	dir     string // of the configuration
	plan    *plan.Document
	tenants []*tenant // in the order of plan.Plans
	planned time.Time // when the tenants were read; zero for a saved plan
}

// freshFor is how long what was listed counts as what there is. A person may take
// an hour to answer; then objects to create are looked up first.
const freshFor = time.Minute

func (j *job) fresh(now time.Time) bool { return now.Sub(j.planned) < freshFor }

func (j *job) close() {
	for _, t := range j.tenants {
		if t != nil {
			t.close()
		}
	}
}

// planned makes a job from a directory.
func (f *Factory) planned(ctx context.Context, dir string, o *applyOptions) (*job, error) {
	w, err := f.open(ctx, dir, &o.planOptions, true)
	if err != nil {
		return nil, err
	}
	d, err := w.plan(ctx, o.targets)
	if err != nil {
		w.close()
		return nil, err
	}
	return &job{dir: dir, plan: d, tenants: w.tenants, planned: f.Now()}, nil
}

// saved makes a job from a plan file. Nothing is planned again: each object is
// held against the file right before it is written.
func (f *Factory) saved(ctx context.Context, path string, o *applyOptions) (*job, error) {
	if o.shapes() {
		return nil, advise("A plan file is applied as it is. Give the flag to rolecall plan --out instead.",
			"a plan file takes no --target, --var, --var-file, --root or limits")
	}
	d, err := f.readPlan(path)
	if err != nil {
		return nil, err
	}
	dir := d.Directory
	if o.dir != "" {
		dir = o.dir
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, advise("Run apply from the folder in which plan was run, or say with --dir where the configuration is now.",
			"the plan was made from the directory %q, which is not here", dir)
	}
	j := &job{dir: dir, plan: d}
	var blocks []block
	for _, p := range d.Plans {
		if p.Settings == nil {
			return nil, fmt.Errorf("plan file %s does not say how to connect to %s", path, p.Provider)
		}
		blocks = append(blocks, block{p.Provider, p.Settings})
	}
	credentials, err := f.credentials(ctx, blocks, &o.hosts)
	if err != nil {
		return nil, err
	}
	for i, b := range blocks {
		t, err := f.connect(ctx, dir, b, credentials[i], true)
		if err != nil {
			j.close()
			return nil, err
		}
		j.tenants = append(j.tenants, t)
	}
	return j, nil
}

func (f *Factory) readPlan(path string) (*plan.Document, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the plan file cannot be read: %w", err)
	}
	defer file.Close()
	d, err := plan.Decode(file, f.schemas())
	switch {
	case errors.Is(err, plan.ErrNotPlan):
		return nil, advise("Name a file that rolecall plan --out saved, or the directory that holds your configuration.", "%s is %w", path, err)
	case err != nil:
		return nil, advise("Make a new one with rolecall plan --out "+path+".", "plan file %s: %w", path, err)
	}
	return d, nil
}
