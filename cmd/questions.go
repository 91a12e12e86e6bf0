package cmd

import (
	"cmp"
	"context"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// questionFlags are the flags of the commands that answer who can do what.
type questionFlags struct {
	connectionFlags
	files, json, verbose bool
	provider, scope      string
	whyNot               string // a right, to propose changes for
}

func (o *questionFlags) register(c *cobra.Command) {
	o.registerTenants(c)
	c.Flags().StringVar(&o.scope, "in", "", "ask only about `SCOPE`: a store, a team, an account, a group or an object")
}

// registerTenants declares the flags of questions that are not about a scope.
func (o *questionFlags) registerTenants(c *cobra.Command) {
	o.connectionFlags.register(c)
	jsonFlag(c, &o.json)
	c.Flags().BoolVar(&o.files, "files", false, "answer from the files alone, without network or key, instead of what exists in the product")
	c.Flags().StringVar(&o.provider, "provider", "", "ask only the tenant of provider block `NAME`, such as partoo or tines.soc")
	c.Flags().BoolVar(&o.verbose, "verbose", false, "show everything, do not shorten lists")
}

// A tenantState is what the questions about one tenant are answered from.
type tenantState struct {
	*access.State
	name, product    string
	tenant, endpoint string   // "" if the answer is about the files
	named            string   // the tenant that the provider block names; "" if it names none, or unless the answer is about the files
	notes            []string // what the files alone do not say
}

// gaps returns what could not be read, and what else the answer may lack.
func (t *tenantState) gaps() (unseen, notes []string) {
	unseen, notes = t.Unseen()
	return unseen, append(notes, t.notes...)
}

// read returns the state of each tenant of the configuration in a directory.
func (o *questionFlags) read(ctx context.Context, f *Factory, dir string) ([]*tenantState, error) {
	if o.files {
		return o.readFiles(f, dir)
	}
	c, err := openConnections(ctx, f, dir, &o.connectionFlags, nil, false)
	if err != nil {
		return nil, interruptedQuestion(ctx, err)
	}
	defer c.close()
	out := make([]*tenantState, len(c.all))
	progress := newReadProgress(&f.Streams, "Reading")
	defer progress.done()
	g, reading := errgroup.WithContext(ctx)
	for i, t := range c.all {
		if o.provider != "" && t.name != o.provider {
			continue
		}
		g.Go(func() error {
			s, err := live.Observe(reading, c.input(i, progress))
			if err != nil {
				return err
			}
			out[i] = &tenantState{
				State: access.New(access.Input{Tenant: c.config.Tenants[i], Live: s.Live, Unlisted: s.Unlisted, Labels: s.Labels, Permissions: s.Permissions}),
				name:  t.name, product: t.product.Provider.Name, tenant: t.tenantID(), endpoint: t.endpoint(),
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, interruptedQuestion(ctx, err)
	}
	o.pointAtEntries(c.config)
	return o.asked(out, c.config.Tenants)
}

// readFiles is read without the products.
func (o *questionFlags) readFiles(f *Factory, dir string) ([]*tenantState, error) {
	cfg, _, err := loadToConnect(f, dir, &o.config, nil)
	if err != nil {
		return nil, err
	}
	o.pointAtEntries(cfg)
	out := make([]*tenantState, len(cfg.Tenants))
	for i, t := range cfg.Tenants {
		if o.provider != "" && t.Name != o.provider {
			continue
		}
		x := &tenantState{name: t.Name, product: t.Product.Name}
		x.notes = []string{"What exists only in " + t.Product.Title + " is not considered."}
		if t.Product.Tenant != nil && t.Settings.Kind != nil {
			x.named = t.Product.Tenant(&t.Settings)
		}
		if t.Product.Offline != nil {
			x.notes = append(x.notes, t.Product.Offline(t.Objects)...)
		}
		x.State = access.New(access.Input{Tenant: t})
		out[i] = x
	}
	return o.asked(out, cfg.Tenants)
}

// pointAtEntries lets answers name the row of a data file that is about a user. Proposals name the block,
// which they change.
func (o *questionFlags) pointAtEntries(cfg *config.Config) {
	if o.whyNot == "" {
		cfg.PointAtEntries()
	}
}

// asked leaves out the tenants that were not asked for.
func (o *questionFlags) asked(all []*tenantState, tenants []*schema.Tenant) ([]*tenantState, error) {
	all = slices.DeleteFunc(all, func(t *tenantState) bool { return t == nil })
	if len(all) == 0 && o.provider != "" {
		var names []string
		for _, t := range tenants {
			names = append(names, t.Name)
		}
		return nil, advise("Provider blocks: "+text.And(names)+".", "flag --provider: there is no provider block %q", o.provider)
	}
	return all, nil
}

// interruptedQuestion reports a Ctrl-C instead of the request that it stopped.
func interruptedQuestion(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return advise("There is no answer.", "interrupted before everything was read")
}

// questionArgs splits arguments into what is asked and the directory, which is the last if it is one.
// most is the number of arguments besides the directory.
func questionArgs(args []string, most int, dir string) ([]string, string) {
	if n := len(args); dir == "" && n > 1 {
		if info, err := os.Stat(args[n-1]); n > most || err == nil && info.IsDir() {
			return args[:n-1], args[n-1]
		}
	}
	return args, cmp.Or(dir, ".")
}

// scopes finds the scope that --in names in each tenant; nil without --in. Tenants without it are left
// out.
func (o *questionFlags) scopes(all []*tenantState) ([]*tenantState, []*access.Scope, error) {
	if o.scope == "" {
		return all, make([]*access.Scope, len(all)), nil
	}
	var with []*tenantState
	var scopes []*access.Scope
	var near []string
	for _, t := range all {
		found, similar := t.FindScope(o.scope)
		near = append(near, similar...)
		switch len(found) {
		case 0:
		case 1:
			with, scopes = append(with, t), append(scopes, found[0])
		default:
			var names []string
			for _, sc := range found {
				names = append(names, sc.Text)
			}
			return nil, nil, advise("It may mean "+text.Or(firstOf(names))+". Write one of them.", "flag --in: %q means several things in %s", o.scope, t.name)
		}
	}
	if len(with) == 0 {
		return nil, nil, advise(didYouMean(near)+"Write a store, a team, an account, a group or an object, as rolecall explain prints it.", "flag --in: nothing is called %q%s", o.scope, o.where())
	}
	return with, scopes, nil
}

// where says for an error what was looked at.
func (o *questionFlags) where() string {
	if o.files {
		return " in the files"
	}
	return ""
}

// rights finds the right that a text means in each tenant. The result has "" for tenants without it.
func (o *questionFlags) rights(all []*tenantState, asked string) ([]string, error) {
	out := make([]string, len(all))
	any := false
	var near []string
	for i, t := range all {
		found, similar := t.FindRight(asked)
		near = append(near, similar...)
		switch len(found) {
		case 0:
		case 1:
			out[i], any = found[0], true
		default:
			return nil, advise("It may mean "+text.Or(firstOf(found))+". Write one of them.", "%q means several rights in %s", asked, t.name)
		}
	}
	if !any {
		hint := didYouMean(near) + "Run \"rolecall permissions\" to list what roles can grant."
		if o.files {
			hint = didYouMean(near) + "Without --files, rights that exist in the product and that nobody has are known too."
		}
		return nil, advise(hint, "no right is called %q%s", asked, o.where())
	}
	return out, nil
}

// mostChoices is how many names a hint lists.
const mostChoices = 8

func firstOf(names []string) []string {
	slices.Sort(names)
	names = slices.Compact(names)
	out := make([]string, 0, len(names))
	for i, name := range names {
		if i == mostChoices {
			return append(out, text.Count(len(names)-i, "other", "others"))
		}
		out = append(out, text.Quote(name))
	}
	return out
}

func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "Did you mean " + text.Or(firstOf(near)) + "? "
}
