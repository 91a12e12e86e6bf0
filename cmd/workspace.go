package cmd

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A workspace is the configuration of a directory, with a connection to each of
// its tenants.
type workspace struct {
	f       *Factory
	dir     string
	config  *config.Config
	tenants []*tenant // in the order of config.Tenants
	locks   []func()  // release what keeps other applies out; none for a plan
}

// open reads the configuration and connects to every tenant. Mistakes in the
// files are printed, all at once, before anything is sent. Where the run is going to
// write, no other apply can plan or write for the same tenants until close.
func (f *Factory) open(ctx context.Context, dir string, o *planOptions, writes bool) (*workspace, error) {
	if err := o.limits.check(); err != nil {
		return nil, err
	}
	cfg, diags := f.load(dir, &o.flags)
	if err := f.printDiagnostics(diags); err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, exitWith(exitError)
	}
	w := &workspace{f: f, dir: dir, config: cfg}
	return w, w.begin(ctx, o, writes)
}

// begin connects to the tenants, and locks them where the run is going to write. The
// data of an embedded emulator is read when connecting, so it is locked before that;
// of any other tenant the product has to say first which one it is. After an error
// nothing is held.
func (w *workspace) begin(ctx context.Context, o *planOptions, writes bool) (err error) {
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if writes {
		names, err := w.f.emulatorLocks(w.dir, w.config)
		if err != nil {
			return err
		}
		if err := w.lock(names); err != nil {
			return err
		}
	}
	if err := w.connect(ctx, o, writes); err != nil {
		return err
	}
	if writes {
		return w.lock(tenantLocks(w.tenants))
	}
	return nil
}

func (w *workspace) lock(names []lockName) error {
	unlock, err := w.f.lock(names)
	if err == nil {
		w.locks = append(w.locks, unlock)
	}
	return err
}

// connect connects to all tenants, side by side.
func (w *workspace) connect(ctx context.Context, o *planOptions, writes bool) error {
	blocks := make([]block, len(w.config.Tenants))
	for i, t := range w.config.Tenants {
		blocks[i] = block{t.Name, &t.Settings}
	}
	credentials, err := w.f.credentials(ctx, blocks, &o.hosts)
	if err != nil {
		return err
	}
	connecting := w.f.reading("Connecting")
	defer connecting.done()
	w.tenants = make([]*tenant, len(w.config.Tenants))
	g, ctx := errgroup.WithContext(ctx)
	for i, t := range w.config.Tenants {
		o.limits.lift(&t.Limits)
		g.Go(func() (err error) {
			w.tenants[i], err = w.f.connect(ctx, w.dir, blocks[i], credentials[i], writes)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return w.distinct()
}

// distinct refuses two provider blocks for one tenant, however their endpoints are
// spelled: each would count administrators and removals without the other. The
// emulator inside the program keeps data of its own for each block.
func (w *workspace) distinct() error {
	seen := map[[2]string]string{}
	for _, t := range w.tenants {
		if t.endpoint == embedded {
			continue
		}
		is := [2]string{t.product.Provider.Name, t.client.Identity().Tenant}
		if other, twice := seen[is]; twice {
			return advise("Put what the two blocks manage into one provider block, and delete the other. Tenants that only share the id, such as a sandbox, "+
				"go into a directory of their own.", "provider blocks %s and %s are for the same tenant %s of %s", other, t.name, is[1], t.product.Provider.Title)
		}
		seen[is] = t.name
	}
	return nil
}

func (w *workspace) close() {
	for _, t := range w.tenants {
		if t != nil {
			t.close()
		}
	}
	for _, release := range slices.Backward(w.locks) {
		release()
	}
}

// plan plans every tenant, side by side. Where an approved document is given, the
// plans hold only what both it and the files ask for.
func (w *workspace) plan(ctx context.Context, targets []string, approved *plan.Document) (*plan.Document, error) {
	d := &plan.Document{Version: w.f.Version.Release, Directory: w.dir, Plans: make([]*plan.Plan, len(w.tenants))}
	reading := w.f.reading("Reading")
	defer reading.done()
	g, ctx := errgroup.WithContext(ctx)
	for i, t := range w.tenants {
		var approval *plan.Approval
		if approved != nil {
			approval = approved.Approval(w.config.Tenants[i].Product.Name, t.client.Identity().Tenant)
		}
		g.Go(func() (err error) {
			d.Plans[i], err = live.Plan(ctx, live.Input{
				Recent: w.recent(t),
				Client: t.client, Tenant: w.config.Tenants[i], Index: t.index, Endpoint: t.endpoint, Budget: t.budget,
				Targets: targets, Approved: approval, Sent: func() int { return int(t.sent.Load()) }, Observe: reading.observe,
			})
			if past := t.recalled(); past != nil {
				return past // what the plan is computed from
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if approved != nil {
		d.Deviations = approved.Missing(d)
	}
	settleTargets(d)
	for _, p := range d.Plans {
		w.config.LocateRows(p.Findings)
		w.config.LocateRows(p.Violations)
	}
	return d, nil
}

// recent reads what the journals of the directory say was removed lately.
func (w *workspace) recent(t *tenant) plan.Recent {
	folder, err := openJournals(w.dir)
	if err != nil {
		return plan.Recent{Unknown: err.Error()}
	}
	defer folder.Close()
	return apply.ReadRecent(folder, w.f.schemas(), apply.Header{
		Provider: t.name, Product: t.product.Provider.Name, Tenant: t.client.Identity().Tenant, Endpoint: t.endpoint,
	}, w.f.Now())
}

// openJournals opens the folder of the journals beside a configuration; nil where
// there is none yet.
func openJournals(dir string) (*datadir.Dir, error) {
	folder, err := datadir.Open(dir, false, dataDir, journalDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return folder, err
}

// unknownTarget is the code of a --target that names nothing.
const unknownTarget = "plan/unknown-target"

// settleTargets drops the complaint that a target names nothing in one tenant
// where it names something in another.
func settleTargets(d *plan.Document) {
	missed := map[string]int{} // target -> tenants that do not know it
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

// printFindings shows what the plans found as diagnostics with the places in the
// files.
func (f *Factory) printFindings(d *plan.Document) error {
	var all []schema.Finding
	for _, p := range d.Plans {
		all = append(all, p.Findings...)
	}
	slices.SortStableFunc(all, func(a, b schema.Finding) int { return int(b.Severity) - int(a.Severity) })
	return f.printDiagnostics(f.reader().Diagnostics(all))
}
