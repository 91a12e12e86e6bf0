package live

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

var errDown = errors.New("the club is down")

// troubled is a club in which one question is not answered.
type troubled struct {
	*fake
	resolve, read, check error
	notes                []schema.Finding
}

func (c troubled) Resolve(context.Context, []schema.Object) (provider.Resolved, error) {
	return provider.Resolved{Findings: c.notes}, c.resolve
}

func (c troubled) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	if c.read != nil {
		return schema.Object{}, c.read
	}
	return c.fake.Read(ctx, o)
}

func (c troubled) Check(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	found, err := c.fake.Check(ctx, v)
	return found, errors.Join(err, c.check)
}

// A question that is not answered makes no plan, whichever it is: what could not
// be found out must not look as if it were fine.
func TestReadErrorsGiveNoPlan(t *testing.T) {
	declares, removes := tenant(object(teamKind, &team{"red", "race"}, "name", "purpose")), tenant()
	removes.Removed = []schema.Removal{{Kind: "team", Key: "red"}} // then members are listed too
	for name, c := range map[string]struct {
		club   troubled
		tenant *schema.Tenant
		broken string
		want   string
	}{
		"resolve":       {troubled{resolve: errDown}, declares, "", "the club is down"},
		"list":          {troubled{}, declares, "team", "the list changed while it was read"},
		"list of later": {troubled{}, removes, "member", "the list changed while it was read"},
		"read":          {troubled{read: errDown}, declares, "", "read team.red: the club is down"},
		"read of later": {troubled{read: errDown}, removes, "", "read team.red: the club is down"},
		"check":         {troubled{check: errDown}, declares, "", "the club is down"},
	} {
		t.Run(name, func(t *testing.T) {
			c.club.fake = &fake{teams: []team{{"red", "run"}}, broken: c.broken}
			p, err := Plan(t.Context(), Input{Client: c.club, Tenant: c.tenant, Index: &schema.Index{}})
			if p != nil || err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("plan %v, error %v", p, err)
			}
		})
	}
}

// What is found while resolving comes after the connection's notes and before what
// is checked last.
func TestPlanKeepsTheOrderOfFindings(t *testing.T) {
	c := troubled{fake: &fake{teams: []team{{"red", "race"}}}, notes: []schema.Finding{{Severity: schema.Warning, Code: "club/resolve", Summary: "A word"}}}
	in := tenant(object(teamKind, &team{"red", "race"}, "name", "purpose"))
	p, err := Plan(t.Context(), Input{Client: c, Tenant: in, Index: &schema.Index{}})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range p.Findings {
		codes = append(codes, f.Code)
	}
	if got := strings.Join(codes, " "); got != "club/note club/resolve club/check" {
		t.Errorf("findings %s", got)
	}
}

// bare is a client that can only list and write.
type bare struct{ provider.Client }

// A client that can do no more is planned with: nothing is checked, and a write is
// reckoned with a read before it and one after.
func TestPlanWithABareClient(t *testing.T) {
	c := bare{&fake{members: []member{{Email: "ana@club.example"}}}}
	in := tenant(object(memberKind, &member{Email: "ben@club.example"}, "email"))
	p, err := Plan(t.Context(), Input{Client: c, Tenant: in, Index: &schema.Index{}})
	if err != nil || len(p.Changes) != 1 || p.Requests.Estimated != 3 || p.Requests.Spent != 0 || len(p.Findings) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
}
