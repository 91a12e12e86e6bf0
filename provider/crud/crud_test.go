package crud

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

type keeper struct {
	Name  string
	Level string
	Away  bool
}

var keeperKind = schema.Kind{
	Name: "keeper", Unique: true, Subject: true, Removals: []schema.Action{schema.Deactivate, schema.Delete},
	Inactive: func(o *schema.Object) bool { return o.Body.(*keeper).Away },
	Attributes: []schema.Attribute{
		schema.String("name", "Name.", func(k *keeper) *string { return &k.Name }).With(schema.Key | schema.Label | schema.Required),
		schema.String("level", "Level.", func(k *keeper) *string { return &k.Level }),
		schema.Bool("away", "Away.", func(k *keeper) *bool { return &k.Away }),
	},
}

// keepers is a Resource over a map, of which single calls can fail or lie.
type keepers struct {
	Objects
	byID     map[string]keeper
	fail     map[string]error // by call: list, read, find, create, update, remove
	keeps    bool             // Remove changes nothing
	noAnswer bool             // Create does not tell the id
}

func (k *keepers) object(id string) schema.Object {
	w := k.byID[id]
	return k.Object(&keeperKind, id, &w, keeperKind.Mask("name", "level", "away"))
}

func (k *keepers) List(_ context.Context, yield func(schema.Object, error) bool) {
	for id := range k.byID {
		if !yield(k.object(id), nil) {
			return
		}
	}
	if err := k.fail["list"]; err != nil {
		yield(schema.Object{}, err)
	}
}

func (k *keepers) Read(_ context.Context, o schema.Object) (schema.Object, error) {
	if _, found := k.byID[o.ID]; !found && k.fail["read"] == nil {
		return schema.Object{}, provider.ErrNotFound
	}
	return k.object(o.ID), k.fail["read"]
}

func (k *keepers) Find(_ context.Context, want schema.Object) (schema.Object, error) {
	for id, w := range k.byID {
		if w.Name == want.Addr.Key {
			return k.object(id), k.fail["find"]
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (k *keepers) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	if err := k.fail["create"]; err != nil {
		return schema.Object{}, err
	}
	k.byID["9"] = *r.Want.Body.(*keeper)
	if k.noAnswer {
		return ReadBack(ctx, k, r, "")
	}
	return ReadBack(ctx, k, r, "9")
}

func (k *keepers) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	if err := k.fail["update"]; err != nil {
		return schema.Object{}, err
	}
	k.byID[r.Have.ID] = *r.Want.Body.(*keeper)
	return ReadBack(ctx, k, r, r.Have.ID)
}

func (k *keepers) Remove(_ context.Context, r provider.Request) error {
	w := k.byID[r.Have.ID]
	switch {
	case k.keeps:
	case r.Action == schema.Deactivate:
		w.Away = true
		k.byID[r.Have.ID] = w
	default:
		delete(k.byID, r.Have.ID)
	}
	return k.fail["remove"]
}

// The levels of settlers mean the same in upper and lower case.
type settlers struct{ *keepers }

func (settlers) Settle(_ context.Context, got, want schema.Object) (schema.Object, error) {
	if g, w := got.Body.(*keeper), want.Body.(*keeper); strings.EqualFold(g.Level, w.Level) {
		g.Level = w.Level
	}
	return got, nil
}

// priced take three requests each, two of them in a class of their own.
type priced struct{ *keepers }

func (priced) Estimate(provider.Request) Requests { return Requests{"": 1, "slow": 2} }

// quit says of every keeper that there is none.
type quit struct{ *keepers }

func (quit) Remaining(context.Context, provider.Request, error) (schema.Object, error) {
	return schema.Object{}, provider.ErrNotFound
}

func start(wrap func(*keepers) Resource) (*Client, *keepers) {
	k := &keepers{Objects: ObjectsOf(provider.Options{Tenant: "zoo"}), byID: map[string]keeper{"1": {Name: "Ana", Level: "senior"}}, fail: map[string]error{}}
	return &Client{Objects: k.Objects, Resource: func(string) Resource { return wrap(k) }, Hint: func(a schema.Action) string { return "Look at it, then " + a.String() + " it by hand." }}, k
}

func plain(k *keepers) Resource { return k }

func request(a schema.Action, have, want *schema.Object) provider.Request {
	r := provider.Request{Action: a, Have: have, Want: want}
	if r.Addr = (schema.Address{}); want != nil {
		r.Addr = want.Addr
	} else {
		r.Addr = have.Addr
	}
	return r
}

var errAnswer = &provider.Error{Op: "call", Status: http.StatusBadGateway, Reason: "the gateway failed"}

// A removal succeeds only where reading shows that the object is gone.
func TestRemovalIsVerified(t *testing.T) {
	for name, test := range map[string]struct {
		action schema.Action
		wrap   func(*keepers) Resource
		fail   map[string]error
		keeps  bool
		want   string // of the error; "" for success
	}{
		"deleted":                                {action: schema.Delete},
		"deactivated":                            {action: schema.Deactivate},
		"deleted, answered with 404":             {action: schema.Delete, fail: map[string]error{"remove": provider.ErrNotFound}},
		"404, and it can be read":                {action: schema.Delete, keeps: true, fail: map[string]error{"remove": provider.ErrNotFound}, want: "no such keeper, and Ana still exists"},
		"404 for both, and it is listed":         {action: schema.Delete, keeps: true, fail: map[string]error{"remove": provider.ErrNotFound, "read": provider.ErrNotFound}, want: "no such keeper, and Ana still exists"},
		"404 for both, and the list fails":       {action: schema.Delete, fail: map[string]error{"remove": provider.ErrNotFound, "list": errAnswer}, want: "reading it back failed: call"},
		"success, and it can be read":            {action: schema.Delete, keeps: true, want: "it was done, and Ana still exists"},
		"success, and it is still active":        {action: schema.Deactivate, keeps: true, want: "it was done, and Ana is still active"},
		"success, and reading fails":             {action: schema.Delete, fail: map[string]error{"read": errAnswer}, want: "the request to delete it was sent, and reading it back failed"},
		"refused":                                {action: schema.Delete, keeps: true, fail: map[string]error{"remove": errAnswer}, want: "the gateway failed"},
		"success, and the Resource knows better": {action: schema.Delete, keeps: true, wrap: func(k *keepers) Resource { return quit{k} }},
	} {
		t.Run(name, func(t *testing.T) {
			if test.wrap == nil {
				test.wrap = plain
			}
			c, k := start(test.wrap)
			have := k.object("1")
			k.keeps = test.keeps
			if test.fail != nil {
				k.fail = test.fail
			}
			accepted := 0
			r := request(test.action, &have, nil)
			r.OnAccepted = func() { accepted++ }
			_, err := c.Apply(context.Background(), r)
			if test.want == "" {
				if err != nil || accepted != 1 {
					t.Fatalf("%v, reported %d times as accepted", err, accepted)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, provider.ErrNotFound) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(test.want, " and Ana ") && !strings.Contains(provider.Hint(err), "by hand") {
				t.Errorf("no hint: %q", provider.Hint(err))
			}
		})
	}
}

// What was written is read back: by id or, where the answer had none, by key.
func TestReadBack(t *testing.T) {
	want := func(k *keepers, name string) *schema.Object {
		o := k.Object(&keeperKind, "", &keeper{Name: name, Level: "junior"}, keeperKind.Mask("name", "level"))
		return &o
	}
	for name, test := range map[string]struct {
		action   schema.Action
		fail     map[string]error
		noAnswer bool
		want     string // of the error; "" for success
		accepted int
	}{
		"created":                               {action: schema.Create, accepted: 1},
		"created without an id":                 {action: schema.Create, noAnswer: true, accepted: 1},
		"updated":                               {action: schema.Update, accepted: 1},
		"not created":                           {action: schema.Create, fail: map[string]error{"create": errAnswer}, want: "the gateway failed"},
		"not updated":                           {action: schema.Update, fail: map[string]error{"update": errAnswer}, want: "the gateway failed"},
		"created, not read":                     {action: schema.Create, fail: map[string]error{"read": errAnswer}, want: "it was created, and reading it back failed", accepted: 1},
		"created without an id, not found":      {action: schema.Create, noAnswer: true, fail: map[string]error{"find": errAnswer}, want: "it was created, and reading it back failed", accepted: 1},
		"updated, not read":                     {action: schema.Update, fail: map[string]error{"read": errAnswer}, want: "it was written, and reading it back failed", accepted: 1},
		"updated, and somebody else deleted it": {action: schema.Update, fail: map[string]error{"read": provider.ErrNotFound}, want: "it was written, and reading it back failed", accepted: 1},
	} {
		t.Run(name, func(t *testing.T) {
			c, k := start(plain)
			have, fresh := k.object("1"), want(k, "Ben")
			r := request(schema.Create, nil, fresh)
			if test.action == schema.Update {
				r = request(schema.Update, &have, want(k, "Ana"))
			}
			k.fail, k.noAnswer = test.fail, test.noAnswer
			accepted := 0
			r.OnAccepted = func() { accepted++ }
			got, err := c.Apply(context.Background(), r)
			if accepted != test.accepted {
				t.Errorf("reported %d times as accepted", accepted)
			}
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.Want.Body, got.Body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What means the same comes back in the words of the file; what does not stays as read.
func TestSettle(t *testing.T) {
	c, k := start(func(k *keepers) Resource { return settlers{k} })
	got, want := k.object("1"), k.object("1")
	for level, settled := range map[string]string{"SENIOR": "SENIOR", "junior": "senior"} {
		got.Body, want.Body = &keeper{Name: "Ana", Level: "senior"}, &keeper{Name: "Ana", Level: level}
		o, err := c.Settle(context.Background(), got, want)
		if err != nil || o.Body.(*keeper).Level != settled {
			t.Errorf("%s settles as %+v, %v", level, o.Body, err)
		}
	}
	c, _ = start(plain)
	if o, err := c.Settle(context.Background(), got, want); err != nil || o.Body != got.Body {
		t.Errorf("without a Settler: %+v, %v", o.Body, err)
	}
}

// An object without an id is looked up by its key, and its id is known from then on.
func TestReadWithoutID(t *testing.T) {
	c, k := start(plain)
	o, err := c.Read(context.Background(), schema.Object{Kind: &keeperKind, Addr: schema.Address{Kind: "keeper", Key: "Ana"}})
	if id, known := k.Index.ID("keeper", "Ana"); err != nil || o.ID != "1" || id != "1" || !known {
		t.Errorf("read %+v, %v; the index has %q", o, err, id)
	}
}

func TestEstimate(t *testing.T) {
	c, k := start(plain)
	o := k.object("1")
	for action, want := range map[schema.Action]int{schema.Create: 2, schema.Update: 3, schema.Delete: 3} {
		if got := c.EstimateRequests(request(action, &o, &o)); got != want {
			t.Errorf("%s takes %d requests, not %d", action, got, want)
		}
	}
	c, _ = start(func(k *keepers) Resource { return priced{k} })
	r := request(schema.Update, &o, &o)
	many := []provider.Request{r, r, r, r, r, r}
	if got := c.EstimateRequests(r); got != 3 {
		t.Errorf("it takes %d requests", got)
	}
	if got := c.EstimateMinutes(many); got != 0 {
		t.Errorf("without budgets: %v", got)
	}
	c.Budgets = map[string]int{"": 100, "slow": 5}
	if got := c.EstimateMinutes(many); got != 2 {
		t.Errorf("12 requests at 5 a minute: %v", got)
	}
}
