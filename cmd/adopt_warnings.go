package cmd

import (
	"context"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// planChecked plans the files that are loaded, with their checks.
func (a *adopting) planChecked(ctx context.Context) (*plan.Document, error) {
	a.c.checks, a.c.onlyNote = true, true
	defer func() { a.c.checks, a.c.onlyNote = false, false }()
	return a.c.plan(ctx, nil, nil)
}

// nowFailing warns of the checks that fail with the changed files and did not fail before: in a plan, or with
// the files alone as for validate.
func (a *adopting) nowFailing(ctx context.Context, r *adopted) ([]schema.Finding, error) {
	hasChecks := func(t *schema.Tenant) bool { return len(t.Checks) > 0 }
	if len(r.files) == 0 || !slices.ContainsFunc(a.before.Tenants, hasChecks) {
		return nil, nil
	}
	filesBefore, filesAfter := a.options.config, a.options.config
	filesAfter.changed = changedFiles(r.files)
	before, diags := filesBefore.load(a.f, a.options.dir)
	after, more := filesAfter.load(a.f, a.options.dir)
	planned, last := filesAfter.load(a.f, a.options.dir) // the plan resolves objects in place
	if diags.HasErrors() || more.HasErrors() || last.HasErrors() {
		return nil, advise("Run adopt again.", "the files were changed while they were read")
	}
	old, listed := a.c.config, a.c.listed
	a.c.config, a.c.listed = planned, a.live
	defer func() { a.c.config, a.c.listed = old, listed }()
	d, err := a.planChecked(ctx)
	if err != nil {
		return nil, err
	}
	wasDeclared, _ := checkFiles(before, false)
	declared, _ := checkFiles(after, false)
	failedPlan, failedFiles, failsFiles := failedChecks(planChecks(a.plan)), failedChecks(wasDeclared), failedChecks(declared)
	onDisk := map[checkOf]schema.Pos{}
	for _, t := range planChecks(a.plan) {
		for i := range t.results {
			onDisk[checkOf{t.provider, t.results[i].Name}] = t.results[i].Pos
		}
	}
	var out []schema.Finding
	for _, t := range planChecks(d) {
		for i := range t.results {
			c := &t.results[i]
			id := checkOf{t.provider, c.Name}
			if c.Result != plan.CheckFailed || failedPlan[id] && (failedFiles[id] || !failsFiles[id]) {
				continue
			}
			f := c.Findings()[0]
			if f.Severity == schema.Error {
				f.Detail += " rolecall apply is refused while it fails."
			}
			f.Severity = schema.Warning
			if a.options.dryRun {
				f.Pos = onDisk[id]
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// A checkOf is the name of a check of a provider block.
type checkOf struct{ provider, name string }

func failedChecks(all []tenantChecks) map[checkOf]bool {
	out := map[checkOf]bool{}
	for _, t := range all {
		for i := range t.results {
			out[checkOf{t.provider, t.results[i].Name}] = t.results[i].Result == plan.CheckFailed
		}
	}
	return out
}

// warn prints warnings with the lines of the files.
func (a *adopting) warn(findings []schema.Finding) error {
	return a.f.printDiagnostics(a.c.reader, a.c.reader.Diagnostics(findings))
}
