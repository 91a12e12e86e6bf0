package live_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The product of these tests is a choir: singers belong to a part.
type (
	part   struct{ Name, Room string }
	singer struct{ Email, Part, Badge string }
)

var (
	partKind = &schema.Kind{Name: "part", Attributes: []schema.Attribute{
		schema.String("name", "", func(p *part) *string { return &p.Name }).With(schema.Key | schema.Label),
		schema.String("room", "", func(p *part) *string { return &p.Room }),
	}}
	singerKind = &schema.Kind{Name: "singer", Subject: true, Attributes: []schema.Attribute{
		schema.String("email", "", func(s *singer) *string { return &s.Email }).With(schema.Key | schema.Label),
		schema.Ref("part", "", func(s *singer) *string { return &s.Part }).To("part").With(schema.CarriesRights),
		schema.String("badge", "", func(s *singer) *string { return &s.Badge }),
	}}
	choir = &schema.Product{Name: "choir", Title: "Choir", Kinds: []*schema.Kind{partKind, singerKind}}
)

func choirObject(k *schema.Kind, id string, body any) schema.Object {
	o := schema.Object{Kind: k, ID: id, Body: body, Set: 1<<len(k.Attributes) - 1, Addr: schema.Address{Provider: "choir", Kind: k.Name}}
	o.Rekey()
	return o
}

// A hall is a choir whose answers a test can spoil.
type hall struct {
	live     []schema.Object
	self     string
	onObject func(o schema.Object) (end bool, err error) // before an object is yielded
	onRead   func(o schema.Object) error
	resolve  func(context.Context) error
	view     provider.View // that the check was given
}

func (h *hall) Identity() provider.Identity {
	id := provider.Identity{Tenant: "choir-7"}
	if h.self != "" {
		id.Self = schema.Address{Provider: "choir", Kind: "singer", Key: h.self}
	}
	return id
}

func (h *hall) List(_ context.Context, k *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) {
		for _, o := range h.live {
			if o.Kind != k {
				continue
			}
			if h.onObject != nil {
				if end, err := h.onObject(o); err != nil {
					yield(schema.Object{}, err)
					return
				} else if end {
					return
				}
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (h *hall) Read(_ context.Context, o schema.Object) (schema.Object, error) {
	if h.onRead != nil {
		if err := h.onRead(o); err != nil {
			return schema.Object{}, err
		}
	}
	for _, l := range h.live {
		if l.ID == o.ID {
			l.Incomplete, l.Set = false, 1<<len(l.Kind.Attributes)-1
			return l, nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (h *hall) Resolve(ctx context.Context, _ []schema.Object) (provider.Resolved, error) {
	if h.resolve != nil {
		return provider.Resolved{}, h.resolve(ctx)
	}
	return provider.Resolved{
		Labels:   map[string]string{"s-1": "soprano one"},
		Findings: []schema.Finding{{Severity: schema.Warning, Code: "choir/resolve", Summary: "A remark"}},
	}, nil
}

func (h *hall) Check(_ context.Context, v provider.View) ([]schema.Finding, error) {
	h.view = v
	return nil, nil
}

func (h *hall) Find(context.Context, schema.Object) (schema.Object, error) {
	panic("a plan must not look for what it creates")
}

func (h *hall) Apply(context.Context, provider.Request) (schema.Object, error) {
	panic("a plan must not write")
}

// rehearsal is a choir with two parts and two singers. The files give both singers
// another part and a new part a room.
func rehearsal() (*hall, live.Input) {
	h := &hall{live: []schema.Object{
		choirObject(partKind, "p1", &part{"alto", "1"}), choirObject(partKind, "p2", &part{"bass", "2"}),
		choirObject(singerKind, "s1", &singer{Email: "ana@choir.example", Part: "alto", Badge: "a"}),
		choirObject(singerKind, "s2", &singer{Email: "ben@choir.example", Part: "bass", Badge: "b"}),
	}}
	files := []schema.Object{
		choirObject(partKind, "", &part{"tenor", "3"}),
		choirObject(singerKind, "", &singer{Email: "ana@choir.example", Part: "bass", Badge: "a"}),
		choirObject(singerKind, "", &singer{Email: "ben@choir.example", Part: "alto", Badge: "b"}),
	}
	return h, live.Input{
		Client: h, Index: &schema.Index{}, Endpoint: "https://choir.example",
		Tenant: &schema.Tenant{Name: "choir", Product: choir, Limits: schema.DefaultLimits(), Objects: files},
	}
}

func addresses(list []plan.Change) []string {
	var out []string
	for i := range list {
		out = append(out, list[i].Action.String()+" "+list[i].Addr.String())
	}
	slices.Sort(out)
	return out
}

// What the connection and the command line know reaches planning: whose the key is,
// which tenant it is, what opaque values are called, and what is targeted.
func TestConnectionIsInPlan(t *testing.T) {
	h, in := rehearsal()
	h.self, in.Targets = "ben@choir.example", []string{"singer.ben@choir.example"}
	p, err := live.Plan(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if p.Tenant != "choir-7" || p.Endpoint != in.Endpoint || p.DisplayNames["s-1"] != "soprano one" || p.Self.Key != h.self {
		t.Errorf("tenant %q at %q, labels %v, self %s", p.Tenant, p.Endpoint, p.DisplayNames, p.Self)
	}
	if diff := cmp.Diff([]string{"update singer.ben@choir.example"}, addresses(p.Changes)); diff != "" {
		t.Errorf("changes of the target (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"create part.tenor", "update singer.ana@choir.example"}, addresses(p.Excluded)); diff != "" {
		t.Errorf("what the target leaves out (-want +got):\n%s", diff)
	}
	if len(p.Violations) != 1 || p.Violations[0].Code != "plan/self-lockout" || p.Violations[0].Addr.Key != h.self {
		t.Errorf("the key's own user is not kept: %+v", p.Violations)
	}
	if len(p.Findings) != 1 || p.Findings[0].Code != "choir/resolve" {
		t.Errorf("findings %+v", p.Findings)
	}
}

// The checker sees each change with what is live, what is wanted and what differs,
// and the tenant before and after.
func TestChangesReachTheChecker(t *testing.T) {
	h, in := rehearsal()
	if _, err := live.Plan(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range h.view.Changes {
		line := r.Action.String() + " " + r.Addr.String()
		if r.Have != nil {
			line += " from " + r.Have.Body.(*singer).Part + " (" + r.Have.ID + ")"
		}
		switch body := r.Want.Body.(type) {
		case *singer:
			line += " to " + body.Part
		case *part:
			line += " in " + body.Room
		}
		for i := range r.Want.Kind.Attributes {
			if r.Changed.Has(i) {
				line += " " + r.Want.Kind.Attributes[i].Name
			}
		}
		got = append(got, line)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{
		"create part.tenor in 3 name room",
		"update singer.ana@choir.example from alto (s1) to bass part",
		"update singer.ben@choir.example from bass (s2) to alto part",
	}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if v := h.view; len(v.Desired) != 3 || len(v.Live["part"]) != 2 || len(v.After["part"]) != 3 || len(v.After["singer"]) != 2 {
		t.Errorf("%d desired, %d parts before and %d after, %d singers after", len(v.Desired), len(v.Live["part"]), len(v.After["part"]), len(v.After["singer"]))
	}
}

// If the context is canceled during a list, a read or a look-up, there is no plan, even if the
// client returns without the error of the context.
func TestCanceledReadsGiveNoPlan(t *testing.T) {
	stopped := errors.New("stopped by a person")
	cases := map[string]func(h *hall, cancel context.CancelCauseFunc){
		"list": func(h *hall, cancel context.CancelCauseFunc) {
			h.onObject = func(o schema.Object) (bool, error) {
				if o.ID == "p2" || o.ID == "s2" {
					cancel(stopped)
					return true, nil // as if the list ended here
				}
				return false, nil
			}
		},
		"lookup": func(h *hall, cancel context.CancelCauseFunc) {
			h.resolve = func(context.Context) error { cancel(stopped); return nil }
		},
		"read": func(h *hall, cancel context.CancelCauseFunc) {
			h.onRead = func(schema.Object) error { cancel(stopped); return provider.ErrNotFound }
		},
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			h, in := rehearsal()
			thin := &h.live[2]
			thin.Incomplete, thin.Set = true, thin.Kind.Mask("email")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			spoil(h, cancel)
			p, err := live.Plan(ctx, in)
			if p != nil || !(errors.Is(err, stopped) || errors.Is(err, context.Canceled)) {
				t.Errorf("plan %v, error %v", fmt.Sprintf("%+v", p), err)
			}
		})
	}
}
