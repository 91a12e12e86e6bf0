package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A pendingChange is what a plan would change, or the error for which it would not.
type pendingChange struct {
	Addr   schema.Address
	Action schema.Action
	What   string
}

// planned returns what a plan of the present files would change, and its errors. Both are nothing for a
// new configuration. What import adds can correct the errors, such as a role that authoritative files
// would delete although users hold it.
func (i *importing) planned(ctx context.Context) (map[pendingChange]bool, error) {
	if i.product != nil {
		return nil, nil
	}
	d, err := i.c.plan(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	out := map[pendingChange]bool{}
	for _, p := range pendingChanges(d) {
		out[p] = true
	}
	return out, nil
}

// errFilesLeft begins the reasons why files of an import that ended stay in the directory.
var errFilesLeft = errors.New("files of this import could not be taken away again")

// check plans the files. It returns what the plan would change besides what it would have changed
// before. A new configuration is planned in the temporary directory, with every kind authoritative,
// which changes all that additive kinds would and more. In an existing one the files are put in place,
// and taken away again unless the result is nothing.
func (i *importing) check(ctx context.Context, files *importFiles, before map[pendingChange]bool, kinds [][]string) (wrong []pendingChange, err error) {
	if i.product != nil { // nobody else began a configuration meanwhile
		if err := ensureEmpty(i.product.Provider.Name, i.dir, nil); err != nil {
			return nil, err
		}
	}
	files.base = i.base()
	if err := files.put(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil || len(wrong) > 0 || i.stage != "" {
			if undo := files.takeBack(); undo != nil {
				err = errors.Join(err, errFilesLeft, undo)
			}
		}
	}()
	cfg, err := i.load(i.base())
	if err != nil {
		return nil, err
	}
	if i.product != nil && len(i.options.only) == 0 {
		for n, t := range cfg.Tenants {
			makeAuthoritative(t, kinds[n])
		}
	}
	old := i.c.config
	i.c.config = cfg
	d, err := i.c.plan(ctx, nil, nil)
	i.c.config = old
	if err != nil {
		return nil, err
	}
	i.notes = nil
	for _, p := range d.Plans {
		for _, f := range p.Findings {
			if f.Severity == schema.Warning && f.Pos == (schema.Pos{}) {
				i.notes = append(i.notes, f)
			}
		}
	}
	i.remaining = 0
	for _, p := range pendingChanges(d) {
		if before[p] {
			i.remaining++
		} else {
			wrong = append(wrong, p)
		}
	}
	if len(wrong) == 0 && planErrors(d) > 0 { // they could hide what import adds
		if err := i.c.printFindings(d); err != nil {
			return nil, err
		}
		return nil, advise("No file was written. Correct the errors above and import again.", "the configuration has errors")
	}
	return wrong, nil
}

// makeAuthoritative lets the kinds remove what no file declares.
func makeAuthoritative(t *schema.Tenant, kinds []string) {
	for _, kind := range kinds {
		m := t.Manage[kind]
		if k := t.Product.Kind(kind); !k.NoList && m.Mode != schema.Observe {
			m.Mode, m.AllParents = schema.Authoritative, k.Parent() != nil
			t.Manage[kind] = m
		}
	}
}

// pendingChanges lists everything in the plans that is not "no change".
func pendingChanges(d *plan.Document) []pendingChange {
	var out []pendingChange
	for _, p := range d.Plans {
		for _, list := range [][]plan.Change{p.Changes, p.Observed} {
			for i := range list {
				c := &list[i]
				what := ""
				if c.Have != nil {
					what = strings.Join(c.Have.Kind.AttributeNames(c.Changed), ", ")
				}
				out = append(out, pendingChange{c.Addr, c.Action, what})
			}
		}
		for _, f := range slices.Concat(p.Findings, p.Violations) {
			if f.Severity == schema.Error {
				out = append(out, pendingChange{f.Addr, schema.NoOp, f.Summary})
			}
		}
	}
	return out
}

// exclude leaves objects out that a plan would change.
func (i *importing) exclude(wrong []pendingChange) {
	if i.excluded == nil {
		i.excluded = map[schema.Address]string{}
	}
	for _, w := range wrong {
		why := w.What
		if w.Action != schema.NoOp {
			why = fmt.Sprintf("a plan would %s it although the file says what exists (%s)", w.Action, w.What)
		}
		i.excluded[w.Addr] = why
	}
}

func notEmpty(wrong []pendingChange) error {
	var lines []string
	for _, w := range wrong {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: %s", w.Action, w.Addr, w.What)))
	}
	return advise("No file was written. Somebody may have changed the product meanwhile; import again.",
		"the plan of the imported files is not empty: %s", text.List(lines, 5))
}
