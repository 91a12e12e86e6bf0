package cmd

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/revision"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// sinceFlags narrow what a plan compares and computes.
type sinceFlags struct {
	name     string // of the commit
	noImpact bool
}

func (o *sinceFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&o.name, "since", "", "compare only what the files changed since the commit `REV`, and what that refers to")
	c.Flags().BoolVar(&o.noImpact, "no-impact", false, "do not compute who gains and loses rights, and evaluate no limits and checks; such a plan cannot be applied")
	c.MarkFlagsMutuallyExclusive("since", "target")
}

// A planScope is what the plans of a configuration compare and compute.
type planScope struct {
	since    string // as asked for; empty means that everything is compared
	commit   string // its hash
	scopes   []*since.Scope
	noImpact bool
}

// narrow narrows the plan of the tenant with an index.
func (s *planScope) narrow(i int, in *live.Input) {
	if s == nil {
		return
	}
	in.NoImpact = s.noImpact
	if s.scopes != nil {
		in.Scope = s.scopes[i]
	}
}

// name writes the commit into a plan.
func (s *planScope) name(p *plan.Plan) {
	if s != nil && p.Scope != nil {
		p.Scope.Since, p.Scope.Commit = s.since, s.commit
	}
}

// scope compares the configuration with what it was at the commit.
func (o *sinceFlags) scope(ctx context.Context, f *Factory, dir string, cfg *config.Config, p *planOptions) (*planScope, error) {
	out := &planScope{since: o.name, noImpact: o.noImpact}
	if o.name == "" {
		return out, nil
	}
	earlier, id, err := loadEarlier(ctx, f, dir, o.name, "--since", &p.config)
	if err != nil {
		return nil, err
	}
	out.commit = id
	for _, now := range cfg.Tenants {
		s := &since.Scope{Everything: "the configuration is new"}
		if earlier != nil {
			before := earlier.tenant(now.Name)
			if before != nil {
				p.limits.override(&before.Limits)
			}
			s = since.Between(before, now)
			if len(earlier.Uncommitted) > 0 {
				s.Everything = text.And(earlier.Uncommitted) + " is new"
			}
		}
		out.scopes = append(out.scopes, s)
	}
	return out, nil
}

// An earlierConfig is a configuration as a commit has it.
type earlierConfig struct{ *config.Config }

// tenant returns the tenant of a provider block, or nil.
func (c *earlierConfig) tenant(name string) *schema.Tenant {
	for _, t := range c.Tenants {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// renamedBlocks returns by the earlier address of objects of a tenant the present one, if their block
// has another key now. Both configurations have their blocks.
func renamedBlocks(tenant string, earlier, now *config.Config) map[schema.Address]schema.Address {
	type place struct{ kind, labels, each string }
	keys := func(c *config.Config) map[place]string {
		out := map[place]string{}
		for i, x := range c.Tenants {
			if x.Name != tenant {
				continue
			}
			for _, b := range c.Blocks[i] {
				for _, o := range b.Objects {
					out[place{b.Kind, strings.Join(b.Labels, "\x00"), o.EachKey}] = o.Key
				}
			}
		}
		return out
	}
	present, out := keys(now), map[schema.Address]schema.Address{}
	for at, key := range keys(earlier) {
		if other, ok := present[at]; ok && other != key {
			out[schema.Address{Provider: tenant, Kind: at.kind, Key: key}] = schema.Address{Provider: tenant, Kind: at.kind, Key: other}
		}
	}
	return out
}

// loadEarlier reads the configuration that a directory has in a commit, with the same variables, and
// returns the hash of the commit. The configuration is nil if the commit has none there. The flag is the
// one that asks for it.
func loadEarlier(ctx context.Context, f *Factory, dir, name, flag string, o *configFlags) (*earlierConfig, string, error) {
	commit, err := f.openCommit(ctx, dir, name)
	if err != nil {
		return nil, "", noCommit(dir, name, flag, err)
	}
	defer commit.Close() // what reading misses is an error of reading
	files, err := commit.Open(dir, o.root, f.Environ)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, commit.ID, nil
	}
	if err != nil {
		return nil, "", noCommit(dir, name, flag, err)
	}
	files.Close()
	cfg, diags := o.loadFrom(f, dir, commit, "")
	if !diags.HasErrors() {
		return &earlierConfig{cfg}, commit.ID, nil
	}
	if len(diags) == 1 && config.Code(diags[0]) == "config/no-files" {
		return nil, commit.ID, nil
	}
	reader := o.reader(f.Environ)
	reader.Commit = commit
	if err := f.printDiagnostics(reader, diags); err != nil {
		return nil, "", err
	}
	return nil, "", advise("The errors above are about the files of that commit. Name another commit, or leave out "+flag+".",
		"the configuration cannot be read as it was at %s", name)
}

// openCommit opens a commit of the repository that a directory is in.
func (f *Factory) openCommit(ctx context.Context, dir, name string) (*revision.Commit, error) {
	git := f.Git
	if git == nil {
		git = revision.Git(f.Environ)
	}
	return revision.Open(ctx, git, dir, name)
}

// noCommit explains why a commit cannot be read.
func noCommit(dir, name, flag string, err error) error {
	switch {
	case errors.Is(err, revision.ErrNoGit):
		return advise("Install git, or leave out "+flag+".", "%s needs git, which was not found", flag)
	case errors.Is(err, revision.ErrNotRepository):
		return advise("Run rolecall in a clone of the repository, or leave out "+flag+".", "%s cannot be compared with %s: %w", dir, name, err)
	case errors.Is(err, revision.ErrShallow):
		return advise("Fetch the history: with actions/checkout set fetch-depth: 0, in GitLab CI set GIT_DEPTH: 0, elsewhere run git fetch --unshallow.",
			"the clone is shallow and does not have the commit %q", name)
	case errors.Is(err, revision.ErrNoCommit):
		hint := "Write a branch, a tag or a hash that git log knows. A branch of a server has to be fetched first: git fetch origin."
		if strings.HasPrefix(name, "-") {
			hint = "Write the commit after " + flag + ", such as " + flag + " origin/main."
		}
		return advise(hint, "the repository has no commit %q", name)
	case errors.Is(err, revision.ErrNoObject):
		return advise("Clone without --filter, or fetch the missing objects with git.", "%s at %s: %w", dir, name, err)
	}
	return err
}
