// Package live plans against a real tenant: it lists what the files speak about,
// lets the provider resolve and check, and hands the rest to package plan. It
// only reads; the commands give it a client whose transport refuses writes.
package live

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/build"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Input is one tenant's files and the connection to it.
type Input struct {
	Client   provider.Client
	Tenant   *schema.Tenant // its objects are resolved in place
	Index    *schema.Index  // the one that the client was connected with
	Endpoint string
	Budget   int        // requests a minute, for the estimate
	Sent     func() int // requests sent so far; may be nil
	Targets  []string
	Recent   plan.Recent    // what was removed within the last day
	Approved *plan.Approval // what may be executed; nil means everything
	Observe  func(Progress) // may be called from several goroutines; may be nil
}

// Progress tells how far reading is.
type Progress struct {
	Kind *schema.Kind
	Seen int  // objects so far
	Done bool // the kind is complete
}

// Plan reads the tenant and computes what has to change. An error means that the
// tenant could not be read completely, so nothing may be concluded from it;
// mistakes in the files are findings of the plan.
func Plan(ctx context.Context, in Input) (*plan.Plan, error) {
	s := &planner{Input: in, live: map[string][]schema.Object{}, resolved: make(chan struct{})}
	labels, findings, err := s.listDeclared(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.build(ctx, labels)
	if err != nil {
		return nil, err
	}
	for _, k := range r.NewKeys {
		in.Index.Add(k.Kind, k.Key, k.ID)
	}
	p := r.Plan
	p.Findings = slices.Concat(in.Client.Identity().Notes, findings, dedupe(p.Findings, findings))
	if err := s.check(ctx, p, r.After); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil { // what was read may be cut short
		return nil, context.Cause(ctx)
	}
	p.Requests = estimate(&s.Input, s.live, p)
	return p, nil
}

// Codes of what a provider may know more about: an object that only the product can
// make and has not, and a name that is nearly another's.
const (
	notThere  = "plan/not-found"
	lookAlike = "plan/look-alike"
)

// dedupe leaves out what the provider, which knows why, has refused already.
func dedupe(findings, said []schema.Finding) []schema.Finding {
	refused := map[schema.Address]bool{}
	for _, f := range said {
		refused[f.Addr] = refused[f.Addr] || f.Severity == schema.Error
	}
	return slices.DeleteFunc(findings, func(f schema.Finding) bool {
		return (f.Code == notThere || f.Code == lookAlike && f.Severity == schema.Warning) && refused[f.Addr]
	})
}

// A planner collects the live objects of one tenant.
type planner struct {
	Input
	live     map[string][]schema.Object
	resolved chan struct{} // closed once the desired objects are
}

// listDeclared lists the kinds that the files speak about while the desired objects are
// being resolved.
func (s *planner) listDeclared(ctx context.Context) (labels map[string]string, findings []schema.Finding, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(s.resolved)
		r, ok := s.Client.(provider.Resolver)
		if !ok {
			return nil
		}
		res, err := r.Resolve(ctx, s.Tenant.Objects)
		labels, findings = res.Labels, res.Findings
		return err
	})
	g.Go(func() error { return s.list(ctx, s.spoken()) })
	err = g.Wait() // the results are set when it returns
	return labels, findings, err
}

// spoken names the kinds that are declared or removed, or that have a manage block:
// what no file declares is listed to people.
func (s *planner) spoken() []string {
	said := map[string]bool{}
	for i := range s.Tenant.Objects {
		said[s.Tenant.Objects[i].Addr.Kind] = true
	}
	for _, r := range s.Tenant.Removed {
		said[r.Kind] = true
	}
	for kind, m := range s.Tenant.Manage {
		if m.Pos != (schema.Pos{}) {
			said[kind] = true
		}
	}
	var kinds []string
	for _, k := range s.Tenant.Product.Kinds {
		if said[k.Name] && !k.Virtual {
			kinds = append(kinds, k.Name)
		}
	}
	return kinds
}

// build plans, reads what is missing, and plans again. Every
// round lists a kind or completes an object, so the number of rounds is bounded
// by the depth of the references.
func (s *planner) build(ctx context.Context, labels map[string]string) (build.Result, error) {
	for {
		r := build.Build(build.Input{
			Tenant: s.Tenant, ID: s.Client.Identity().Tenant, Endpoint: s.Endpoint,
			Self: s.Client.Identity().Self, Live: s.live,
			Labels: labels, Targets: s.Targets, Recent: s.Recent, Approved: s.Approved,
		})
		if r.Missing.Empty() {
			return r, nil
		}
		before := len(s.live)
		if err := s.list(ctx, r.Missing.Kinds); err != nil {
			return r, err
		}
		if len(r.Missing.Objects) == 0 && len(s.live) == before {
			panic(fmt.Sprintf("plan asks again for kinds that were listed: %v", r.Missing.Kinds))
		}
		if err := s.complete(ctx, r.Missing.Objects); err != nil {
			return r, err
		}
	}
}

// complete reads thin objects whole and puts them in the place of the thin ones.
func (s *planner) complete(ctx context.Context, thin []schema.Object) error {
	whole, err := s.read(ctx, thin)
	if err != nil {
		return err
	}
	for kind, list := range s.live {
		s.live[kind] = replace(list, thin, whole)
	}
	return nil
}

// check lets the provider hold the plan against what only the tenant knows.
func (s *planner) check(ctx context.Context, p *plan.Plan, after map[string][]schema.Object) error {
	c, ok := s.Client.(provider.Checker)
	if !ok {
		return nil
	}
	found, err := c.Check(ctx, provider.View{
		Desired: s.Tenant.Objects, Live: s.live, After: after, Changes: requests(p),
	})
	p.Findings = append(dedupe(p.Findings, found), found...)
	placeFindings(p)
	return err
}

// placeFindings gives the findings without a place that of the block that asks for the
// change of their object: a provider knows a live object, and not what removes it.
func placeFindings(p *plan.Plan) {
	asked := map[schema.Address]schema.Pos{}
	for i := range p.Changes {
		asked[p.Changes[i].Addr] = p.Changes[i].Pos
	}
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Pos == (schema.Pos{}) {
			f.Pos = asked[f.Addr]
		}
	}
}
