package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// baselineFile is the file in dataDir with what drift compares with. It holds keys, ids and hashes,
// and no values.
const baselineFile = "baseline.json"

// baselineFormat is the version of the file.
const baselineFormat = 1

// Baselines are the baselines of the tenants of a directory.
type baselines struct {
	FormatVersion int               `json:"format_version"`
	Tenants       []*drift.Baseline `json:"tenants"`
}

// readBaselines reads the file; it returns no baselines if there is none.
func readBaselines(f *Factory, dir string) (*baselines, error) {
	b := &baselines{FormatVersion: baselineFormat}
	folder, err := f.openData(dir, false)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	file, err := folder.Open(baselineFile)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := decodeBaselines(file, b); err != nil {
		return nil, advise("Move the file away, look at what rolecall drift reports, and write a new one with rolecall drift --update-baseline.",
			"cannot read the baseline %s: %w", folder.Path(baselineFile), err)
	}
	return b, nil
}

func decodeBaselines(f *os.File, b *baselines) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	doc := make([]byte, info.Size()) // at once, because the file of a large organization is large
	if _, err := io.ReadFull(f, doc); err != nil {
		return err
	}
	if err := json.Unmarshal(doc, b); err != nil {
		return err
	}
	if b.FormatVersion != baselineFormat || slices.ContainsFunc(b.Tenants, badBaseline) {
		return errors.New("it is no baseline of this version of rolecall")
	}
	return nil
}

// badBaseline reports whether parts of a baseline are missing.
func badBaseline(b *drift.Baseline) bool {
	if b == nil {
		return true
	}
	for _, k := range b.Kinds {
		if k == nil || !k.Valid() {
			return true
		}
	}
	return false
}

// of returns the baseline of a tenant, or nil.
func (b *baselines) of(p *plan.Plan) *drift.Baseline {
	for _, x := range b.Tenants {
		if x.Provider == p.Provider && x.Product == p.Product && x.Tenant == p.Tenant && x.Endpoint == p.Endpoint {
			return x
		}
	}
	return nil
}

// notes says why there is no baseline of a tenant although the file has one of its provider block, and
// that a baseline cannot be of the time that it says.
func (b *baselines) notes(p *plan.Plan, now time.Time) []string {
	if x := b.of(p); x != nil {
		if at, err := time.Parse(time.RFC3339, x.At); err != nil || at.After(now.Add(time.Hour)) {
			return []string{fmt.Sprintf("The baseline says that it is of %q, which cannot be: a clock was wrong, or the file is damaged.", x.At)}
		}
		return nil
	}
	for _, x := range b.Tenants {
		if x.Provider == p.Provider {
			return []string{fmt.Sprintf("The baseline in %s is of the tenant %s at %s, so it is not used.", baselineFile, x.Tenant, x.Endpoint)}
		}
	}
	return nil
}

// set puts the baseline of a tenant in place of its earlier one.
func (b *baselines) set(next *drift.Baseline) {
	for i, x := range b.Tenants {
		if x.Provider == next.Provider {
			b.Tenants[i] = next
			return
		}
	}
	b.Tenants = append(b.Tenants, next)
}

// changeBaselines reads the file, changes it and writes it, while no other run does. Secrets in names
// are replaced; such an object then counts as new.
func changeBaselines(c *connections, change func(*baselines)) error {
	path, err := filepath.Abs(c.dir)
	if err != nil {
		return err
	}
	release, err := lock(c.f.Environ, []lockName{{product: "baseline", key: path, title: "the baseline of " + path}})
	if err != nil {
		return err
	}
	defer release()
	b, err := readBaselines(c.f, c.dir)
	if err != nil {
		return err
	}
	change(b)
	doc, err := json.Marshal(b)
	if err != nil {
		return err
	}
	folder, err := c.f.openData(c.dir, true)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Replace(baselineFile, func(w io.Writer) error {
		_, err := w.Write(c.f.secrets.RedactKnown(doc))
		return err
	})
}

// observation is what the baseline of a connection's tenant is made from.
func (c *connections) observation(i int, p *plan.Plan) drift.Observation {
	return drift.Observation{
		Plan: p, Tenant: c.config.Tenants[i], Live: c.all[i].live,
		Applied: map[*plan.Change]schema.Object{}, At: c.f.Now().UTC().Format(time.RFC3339),
	}
}

// refreshBaseline writes the baseline after an apply. An error is reported and does not change the
// outcome of the apply: only drift reads the baseline.
func (e *execution) refreshBaseline() {
	c := e.connections
	if e.err != nil && len(e.reports) == 0 {
		return // nothing was begun
	}
	err := changeBaselines(c, func(b *baselines) {
		for i, p := range e.plan.Plans {
			o := c.observation(i, p)
			if o.Partial = e.undone != nil; o.Partial && b.of(p) == nil {
				continue
			}
			for _, r := range e.reports {
				if r.Plan != p {
					continue
				}
				for j := range r.Results {
					if x := &r.Results[j]; x.Status == apply.Done {
						o.Applied[x.Change] = x.After
					}
				}
			}
			b.set(drift.Refresh(o, b.of(p)))
		}
	})
	if err != nil {
		e.f.report(fmt.Errorf("the baseline for rolecall drift was not written: %w", err))
	}
}
