package cmd

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/cmd/lease"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// connectionFlags are the flags of every command that connects to a product.
type connectionFlags struct {
	config configFlags
	hosts  hostFlags
}

func (o *connectionFlags) register(c *cobra.Command) {
	o.config.register(c)
	o.hosts.register(c)
}

// Connections are the connections to all tenants of the configuration in a directory.
type connections struct {
	f      *Factory
	dir    string
	config *config.Config
	reader config.Reader
	all    []*connection // in the order of config.Tenants
	// everything reads every kind of the products, for drift.
	everything bool
	writes     bool
	keepLive   bool                         // plan keeps what it read
	checks     bool                         // plan evaluates the check blocks
	onlyNote   bool                         // checks about what is after the plan do not stop it, for adopt
	scope      *planScope                   // what plans compare; nil means everything
	leases     []*lease.Lease               // of tenants, in place of files
	locks      []func()                     // release what excludes other applies; none for a plan
	listed     []map[string][]schema.Object // by tenant, what was read already; nil if nothing was
}

// openConnections reads the configuration and connects to every tenant. All errors in the
// files are printed before anything is sent. If writes is set, no other apply can plan
// or write for the same tenants until close.
func openConnections(ctx context.Context, f *Factory, dir string, o *connectionFlags, limits *limitFlags, writes bool) (*connections, error) {
	cfg, reader, err := loadToConnect(f, dir, &o.config, limits)
	if err != nil {
		return nil, err
	}
	return connectAll(ctx, f, dir, cfg, reader, &o.hosts, writes)
}

// loadToConnect reads the configuration for openConnections.
func loadToConnect(f *Factory, dir string, o *configFlags, limits *limitFlags) (*config.Config, config.Reader, error) {
	reader := o.reader(f.Environ)
	if err := limits.check(); err != nil {
		return nil, reader, err
	}
	cfg, diags := o.load(f, dir)
	if err := f.printDiagnostics(reader, diags); err != nil {
		return nil, reader, err
	}
	if diags.HasErrors() {
		return nil, reader, exitWith(exitError)
	}
	for _, t := range cfg.Tenants {
		limits.override(&t.Limits)
	}
	return cfg, reader, nil
}

// connectAll connects to every tenant of a configuration whose data is in dir.
func connectAll(ctx context.Context, f *Factory, dir string, cfg *config.Config, reader config.Reader, hosts *hostFlags, writes bool) (_ *connections, err error) {
	c := &connections{f: f, dir: dir, config: cfg, reader: reader, writes: writes}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	blocks := make([]block, len(cfg.Tenants))
	for i, t := range cfg.Tenants {
		if blocks[i], err = newBlock(f.Products, t); err != nil {
			return nil, err
		}
	}
	// The data of an embedded emulator is read when connecting, so it is locked before. Any
	// other tenant is known only after connecting.
	if writes {
		names, err := emulatorLocks(f, dir, blocks)
		if err != nil {
			return nil, err
		}
		if err := c.lock(names); err != nil {
			return nil, err
		}
	}
	if err := c.connect(ctx, blocks, hosts, writes); err != nil {
		return nil, err
	}
	if writes {
		if err := c.lockTenants(ctx); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *connections) lock(names []lockName) error {
	unlock, err := lock(c.f.Environ, names)
	if err == nil {
		c.locks = append(c.locks, unlock)
	}
	return err
}

// connect connects to all tenants in parallel.
func (c *connections) connect(ctx context.Context, blocks []block, hosts *hostFlags, writes bool) error {
	environ, err := c.f.tenant.environ(c.f.Environ, blocks)
	if err != nil {
		return err
	}
	credentials, err := findCredentials(ctx, &c.f.Streams, environ, c.f.secrets, blocks, hosts)
	if err != nil {
		return err
	}
	progress := newReadProgress(&c.f.Streams, "Connecting")
	defer progress.done()
	c.all = make([]*connection, len(blocks))
	g, ctx := errgroup.WithContext(ctx)
	for i := range blocks {
		g.Go(c.f.tenant.contained(func() (err error) {
			c.all[i], err = connect(ctx, c.f, c.reader, c.dir, blocks[i], credentials[i], writes)
			return err
		}))
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return cmp.Or(c.checkDistinct(), c.f.tenant.distinct(c.all))
}

// checkDistinct refuses two provider blocks for one tenant, however their endpoints are
// written: each would count administrators and removals without the other. The
// emulator inside the program has separate data for each block.
func (c *connections) checkDistinct() error {
	seen := map[[2]string]string{}
	for _, t := range c.all {
		if t.emulated() {
			continue
		}
		key := [2]string{t.product.Provider.Name, t.tenantID()}
		if other, twice := seen[key]; twice {
			return advise("Declare what the two blocks manage under one provider block, and delete the other. Keep tenants that only share the ID, such as a sandbox, "+
				"in a directory of their own.", "provider blocks %s and %s are for the same tenant %s of %s", other, t.name, key[1], t.product.Provider.Title)
		}
		seen[key] = t.name
	}
	return nil
}

// close prints warnings of the products that were not printed yet, and closes everything.
func (c *connections) close() {
	_ = c.f.printDiagnostics(c.reader, c.reader.Diagnostics(c.productWarnings())) // there is no other stream
	for _, t := range c.all {
		if t != nil {
			t.close()
		}
	}
	for _, release := range slices.Backward(c.locks) {
		release()
	}
}

// plan plans every tenant in parallel. With an approved document, the
// plans hold only what both it and the files ask for.
func (c *connections) plan(ctx context.Context, targets []string, approved *plan.Document) (*plan.Document, error) {
	d := &plan.Document{Version: c.f.Version.Release, Directory: c.dir, Plans: make([]*plan.Plan, len(c.all))}
	progress := newReadProgress(&c.f.Streams, "Reading")
	defer progress.done()
	g, ctx := errgroup.WithContext(ctx)
	for i, t := range c.all {
		var approval *plan.Approval
		if approved != nil {
			approval = approved.Approval(t.product.Provider.Name, t.tenantID())
		}
		g.Go(c.f.tenant.contained(func() (err error) {
			in := c.input(i, progress)
			in.Recent, in.Targets, in.Approved, in.All = c.recent(t), targets, approval, c.everything
			in.Rights = c.checks && len(in.Tenant.Checks) > 0
			c.scope.narrow(i, &in)
			s, err := live.Look(ctx, in)
			if err == nil {
				c.scope.name(s.Plan)
				c.evaluateChecks(i, s)
				d.Plans[i] = s.Plan
				if c.everything || c.writes || c.keepLive { // for the baseline
					t.live, t.unlisted = s.Live, s.Unlisted
				}
			}
			if err := t.historyError(); err != nil {
				return err // the plan is computed from the history
			}
			return err
		}))
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if approved != nil {
		d.Deviations = approved.Missing(d)
	}
	keepUnknownTargets(d)
	for _, p := range d.Plans {
		c.config.LocateRows(p.Findings)
		c.config.LocateRows(p.Violations)
	}
	return d, nil
}

// input returns what reading or planning the tenant with an index needs.
func (c *connections) input(i int, progress *readProgress) live.Input {
	t := c.all[i]
	in := live.Input{
		Client: t.client, Tenant: c.config.Tenants[i], Index: t.index, Endpoint: t.endpoint(), Budget: t.budget,
		Sent: func() int { return int(t.sent.Load()) }, Observe: progress.observe,
	}
	if c.listed != nil {
		in.Listed = c.listed[i]
	}
	return in
}

// recent reads from the journals of the directory what was removed recently.
func (c *connections) recent(t *connection) plan.Recent {
	folder, err := openJournals(c.f, c.dir)
	if err != nil {
		return plan.Recent{Unknown: err.Error()}
	}
	defer folder.Close()
	return apply.ReadRecent(folder, c.f.Products.schemas(), apply.Header{
		Provider: t.name, Product: t.product.Provider.Name, Tenant: t.tenantID(), Endpoint: t.endpoint(),
	}, c.f.Now())
}

// openJournals opens the folder of the journals beside a configuration; nil if
// there is none yet.
func openJournals(f *Factory, dir string) (*datadir.Dir, error) {
	folder, err := f.openData(dir, false, journalDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return folder, err
}

// unknownTarget is the code of a --target that matches nothing.
const unknownTarget = "plan/unknown-target"

// keepUnknownTargets drops the findings about targets that match nothing in one tenant
// but something in another.
func keepUnknownTargets(d *plan.Document) {
	missed := map[string]int{} // target -> tenants without it
	for _, p := range d.Plans {
		for _, f := range p.Findings {
			if f.Code == unknownTarget {
				missed[f.Value]++
			}
		}
	}
	for _, p := range d.Plans {
		p.Findings = slices.DeleteFunc(p.Findings, func(f schema.Finding) bool {
			return f.Code == unknownTarget && missed[f.Value] < len(d.Plans)
		})
	}
}

// printFindings prints the findings of the plans and the warnings of the products as
// diagnostics with the lines of the files.
func (c *connections) printFindings(d *plan.Document) error {
	all := c.productWarnings()
	for _, p := range d.Plans {
		all = append(append(all, p.Findings...), undecided(p)...)
	}
	slices.SortStableFunc(all, func(a, b schema.Finding) int { return int(b.Severity) - int(a.Severity) })
	return c.f.printDiagnostics(c.reader, c.reader.Diagnostics(all))
}
