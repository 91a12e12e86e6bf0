// Package live plans for a real tenant: it lists the kinds that the files mention, lets the
// provider resolve and check objects, and calls build.Build. It only reads; the commands give it a
// client whose transport refuses writes.
package live

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/build"
	"github.com/rolecall-dev/rolecall/plan/since"
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
	Scope    *since.Scope   // what is compared; nil means everything
	NoImpact bool           // see build.Input
	Recent   plan.Recent    // removals of the last day
	Approved *plan.Approval // changes that may be executed; nil means all
	Observe  func(Progress) // may be called from several goroutines; may be nil
	// Listed are objects that Read has returned, by kind. These kinds are not listed again.
	Listed map[string][]schema.Object
	// All reads every kind of the product that has a list, for drift: a kind that the plan does not
	// need and that cannot be read is an entry of Survey.Unlisted.
	All bool
	// Rights reads besides what the rights of the whole tenant after the plan are computed from, for checks.
	// The plan is the same without it.
	Rights bool
}

// Progress is the progress of reading a kind.
type Progress struct {
	Kind *schema.Kind
	Seen int  // objects listed so far; 0 if this is about Whole
	Done bool // all objects were listed
	// Whole is how many objects were read one by one so far, because the list does not show all of them,
	// and Of how many there are to read.
	Whole, Of int
}

// A Survey has the live objects of a tenant, and the plan that was computed from them.
type Survey struct {
	Plan     *plan.Plan                 // nil if none was computed; see Observe
	Live     map[string][]schema.Object // by kind, those that were listed
	Unlisted map[string]error           // by kind, why it could not be read; only with Input.All

	Labels      map[string]string // readable names of places, by id; only of Observe and with Input.Rights
	Permissions []string          // names of the permissions that exist; likewise

	// Now and After have the objects of the whole tenant as they are and as they would be after the plan, by
	// kind and complete; only with Input.Rights. PartlyRead says by kind why they are not whole.
	Now, After map[string][]schema.Object
	PartlyRead map[string]error
}

// Plan reads the tenant and computes its plan. An error means that the tenant could not be read
// completely, so there is no plan. Errors in the files are findings of the plan.
func Plan(ctx context.Context, in Input) (*plan.Plan, error) {
	s, err := Look(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.Plan, nil
}

// Look is Plan with the live objects.
func Look(ctx context.Context, in Input) (*Survey, error) {
	s := newPlanner(in)
	labels, findings, err := s.listDeclared(ctx)
	if err != nil {
		return nil, err
	}
	unlisted, err := s.listOthers(ctx)
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
	if err := s.nameAffected(ctx, p); err != nil {
		return nil, err
	}
	p.Findings = slices.Concat(in.Client.Identity().Notes, findings, dedupe(p.Findings, findings))
	if err := s.check(ctx, p, r.After); err != nil {
		return nil, err
	}
	out := &Survey{Plan: p, Live: s.live, Unlisted: unlisted}
	if in.Rights && !in.NoImpact {
		if err := s.readRights(ctx, out, r.After, labels); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil { // lists may be incomplete
		return nil, context.Cause(ctx)
	}
	p.Requests = estimate(&s.Input, s.live, p)
	return out, nil
}

// Read returns all objects of the kinds, complete, by kind. Of kinds with NoList these are the objects
// that the tenant declares. An error means that some could not be read.
func Read(ctx context.Context, in Input, kinds []string) (map[string][]schema.Object, error) {
	s := newPlanner(in)
	close(s.resolved)
	if err := s.list(ctx, kinds); err != nil {
		return nil, err
	}
	var thin []schema.Object
	for _, kind := range kinds {
		for _, o := range s.live[kind] {
			if o.Incomplete {
				thin = append(thin, o)
			}
		}
	}
	if err := s.complete(ctx, thin); err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		if err := s.notListed(kind); err != nil {
			return nil, err
		}
	}
	for kind, list := range s.live {
		s.live[kind] = schema.Normal(list)
	}
	if err := ctx.Err(); err != nil { // lists may be incomplete
		return nil, context.Cause(ctx)
	}
	return s.live, nil
}

// List returns the objects of the kinds as their lists show them, which may be without attributes, by
// kind and in normal form. Kinds without a list, or whose list is not whole, are left out. An error
// means that a list could not be read.
func List(ctx context.Context, in Input, kinds []string) (map[string][]schema.Object, error) {
	s := newPlanner(in)
	for _, kind := range kinds {
		k := in.Tenant.Product.Kind(kind)
		if k.Virtual || k.NoList || s.notListed(kind) != nil {
			continue
		}
		list, err := s.listOne(ctx, k)
		if err != nil {
			return nil, err
		}
		s.live[kind] = schema.Normal(list)
	}
	if err := ctx.Err(); err != nil { // lists may be incomplete
		return nil, context.Cause(ctx)
	}
	return s.live, nil
}

// Codes of findings for which a provider may have a better one.
const (
	notThere  = "plan/not-found"
	lookAlike = "plan/look-alike"
)

// dedupe leaves out findings about objects that the provider has refused with a reason.
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
	compared []schema.Object // the declared objects that the plan compares
	resolved chan struct{}   // closed after these are resolved
}

func newPlanner(in Input) *planner {
	s := &planner{Input: in, live: map[string][]schema.Object{}, resolved: make(chan struct{})}
	if s.compared = in.Tenant.Objects; !in.Scope.Whole() {
		s.compared = nil
		for _, o := range in.Tenant.Objects {
			if in.Scope.Compares(o.Addr) {
				s.compared = append(s.compared, o)
			}
		}
	}
	return s
}

// listDeclared lists the kinds that the files mention while the desired objects are being resolved.
func (s *planner) listDeclared(ctx context.Context) (labels map[string]string, findings []schema.Finding, err error) {
	if p, ok := s.Client.(provider.Preparer); ok {
		p.Prepare(s.compared)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(s.resolved)
		r, ok := s.Client.(provider.Resolver)
		if !ok {
			return nil
		}
		res, err := r.Resolve(ctx, s.compared)
		s.takeResolved()
		labels, findings = res.Labels, res.Findings
		return err
	})
	g.Go(func() error { return s.list(ctx, s.mentioned()) })
	err = g.Wait() // the results are set when it returns
	return labels, findings, err
}

// takeResolved puts the compared objects, which were resolved, back among those of the tenant.
func (s *planner) takeResolved() {
	if s.Scope.Whole() {
		return // they are the same
	}
	n := 0
	for i := range s.Tenant.Objects {
		if s.Scope.Compares(s.Tenant.Objects[i].Addr) {
			s.Tenant.Objects[i] = s.compared[n]
			n++
		}
	}
}

// mentioned returns the kinds with declared or removed objects or a manage block, whose undeclared
// objects plans list.
func (s *planner) mentioned() []string {
	mentioned := map[string]bool{}
	if !s.Scope.Whole() {
		mentioned = s.Scope.Kinds()
		return s.listable(mentioned)
	}
	for i := range s.Tenant.Objects {
		mentioned[s.Tenant.Objects[i].Addr.Kind] = true
	}
	for _, r := range s.Tenant.Removed {
		mentioned[r.Kind] = true
	}
	for kind, m := range s.Tenant.Manage {
		if m.Pos != (schema.Pos{}) {
			mentioned[kind] = true
		}
	}
	return s.listable(mentioned)
}

// listable returns those of the kinds that are not virtual, in order.
func (s *planner) listable(names map[string]bool) []string {
	var kinds []string
	for _, k := range s.Tenant.Product.Kinds {
		if names[k.Name] && !k.Virtual {
			kinds = append(kinds, k.Name)
		}
	}
	return kinds
}

// build calls build.Build and reads what is missing, until nothing is. Every round lists a kind or
// completes an object, so the depth of the references bounds the number of rounds.
func (s *planner) build(ctx context.Context, labels map[string]string) (build.Result, error) {
	for {
		r := build.Build(build.Input{
			Tenant: s.Tenant, ID: s.Client.Identity().Tenant, Endpoint: s.Endpoint,
			Self: s.Client.Identity().Self, Live: s.live,
			Labels: labels, Targets: s.Targets, Scope: s.Scope, NoImpact: s.NoImpact,
			Recent: s.Recent, Approved: s.Approved, All: s.All,
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

// complete reads incomplete objects and replaces them.
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

// check lets the provider check the plan.
func (s *planner) check(ctx context.Context, p *plan.Plan, after map[string][]schema.Object) error {
	c, ok := s.Client.(provider.Checker)
	if !ok {
		return nil
	}
	found, err := c.Check(ctx, provider.View{
		Desired: s.compared, Live: s.live, After: after, Changes: requests(p), All: s.All,
	})
	found = notSilenced(found, s.compared)
	p.Findings = append(dedupe(p.Findings, found), found...)
	placeFindings(p)
	return err
}

// notSilenced leaves out the warnings that the block of the object silences.
func notSilenced(found []schema.Finding, desired []schema.Object) []schema.Finding {
	silent := map[schema.Address]*schema.Object{}
	for i := range desired {
		if len(desired[i].Allow) > 0 {
			silent[desired[i].Addr] = &desired[i]
		}
	}
	return slices.DeleteFunc(found, func(f schema.Finding) bool {
		o := silent[f.Addr]
		return o != nil && f.Severity == schema.Warning && o.Allows(f.Code)
	})
}

// placeFindings gives findings without a position that of the block that asks for the change of
// their object. A provider does not know which block removes a live object.
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
