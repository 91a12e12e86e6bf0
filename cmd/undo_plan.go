package cmd

import (
	"context"
	"slices"

	"github.com/rolecall-dev/rolecall/apply/undo"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// connect connects to the tenant of the run, with the provider block of the files. Neither the journal
// nor a flag says where to connect.
func (r *undone) connect(ctx context.Context) (*connections, error) {
	h := &r.run.Record.Header
	cfg, reader, err := loadToConnect(r.f, r.o.dir, &r.o.config, &r.o.limits)
	if err != nil {
		return nil, err
	}
	// A new Config, because the undo declares objects that the files do not.
	cfg = &config.Config{Dir: cfg.Dir, Tenants: slices.DeleteFunc(cfg.Tenants, func(t *schema.Tenant) bool { return t.Name != h.Provider })}
	if len(cfg.Tenants) != 1 || cfg.Tenants[0].Product.Name != h.Product {
		return nil, advise("undo connects with the provider block that apply used. If it has another name now, change it back for the undo.",
			"the files in %s have no provider block %s for %s", r.o.dir, text.Clean(h.Provider), text.Clean(h.Product))
	}
	c, err := connectAll(ctx, r.f, r.o.dir, cfg, reader, &r.o.hosts, !r.o.dryRun)
	if err != nil {
		return nil, err
	}
	c.keepLive, c.checks = true, true
	if t := c.all[0]; t.tenantID() != h.Tenant || t.endpoint() != h.Endpoint {
		defer c.close()
		return nil, withCode(exitRefused, advise("Nothing was changed. Run undo with the files of that tenant.",
			"journal %s is of the tenant %s at %s, and provider block %s is for the tenant %s at %s",
			r.name(), text.Clean(h.Tenant), text.Clean(h.Endpoint), t.name, t.tenantID(), t.endpoint()))
	}
	return c, nil
}

// planUndo plans the undo of a run, without what changed since or cannot be restored.
func (c *connections) planUndo(ctx context.Context, u *undo.Undo, targets []string) (*plan.Document, error) {
	files := c.config.Tenants[0]
	defer func() { c.config.Tenants[0] = files }()
	var d *plan.Document
	err := u.Plan(files, func(t *schema.Tenant) (_ *plan.Plan, live map[string][]schema.Object, err error) {
		c.config.Tenants[0] = t
		if d, err = c.plan(ctx, targets, nil); err != nil {
			return nil, nil, err
		}
		live = c.all[0].live
		c.listed = []map[string][]schema.Object{live}
		return d.Plans[0], live, nil
	})
	if err != nil {
		return nil, err
	}
	withoutFiles(d.Plans[0])
	return d, nil
}

// aboutFiles are the codes of warnings that are about the blocks of files. An undo has none.
var aboutFiles = map[string]bool{
	plan.CodeInactive: true, "plan/look-alike": true, "plan/possible-rename": true, "plan/previously-look-alike": true,
	"plan/unknown-removed": true, "plan/unmatched-ignore": true,
}

// withoutFiles removes from a plan what it says about files that declare what they do not mention.
func withoutFiles(p *plan.Plan) {
	p.Unmanaged, p.UndeclaredPeople, p.Expiring = nil, nil, nil
	p.Findings = slices.DeleteFunc(p.Findings, func(f schema.Finding) bool { return f.Severity == schema.Warning && aboutFiles[f.Code] })
}
