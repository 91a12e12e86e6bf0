package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The sample product is small and has all that the suite tests: three kinds, references
// between them, a rename, two ways of removal, and jobs, which blocks of dens declare and
// which give animals rights.

type den struct {
	Name, Place string
	Jobs        map[string]string
}

type job struct{ Den, Animal, Level string }

type animal struct {
	Tag, Den string
	Food     []string
	Asleep   bool
}

var denKind = &schema.Kind{
	Name: "den",
	Attributes: []schema.Attribute{
		schema.String("name", "Name.", func(d *den) *string { return &d.Name }).With(schema.Key | schema.Label | schema.Required),
		schema.String("place", "Place.", func(d *den) *string { return &d.Place }),
		schema.Map("jobs", "Levels of animals.", func(d *den) *map[string]string { return &d.Jobs }).With(schema.ConfigOnly),
	},
	Expand: func(o *schema.Object) []schema.Object {
		var out []schema.Object
		d := o.Body.(*den)
		for animal, level := range d.Jobs {
			out = append(out, schema.Object{Kind: jobKind, Body: &job{d.Name, animal, level}, Set: jobKind.Mask("den", "animal", "level")})
		}
		return out
	},
}

var jobKind = &schema.Kind{
	Name: "job", Grantee: "animal",
	Attributes: []schema.Attribute{
		schema.Ref("den", "Den.", func(j *job) *string { return &j.Den }).To("den").With(schema.Key | schema.Label | schema.Required | schema.Immutable | schema.OwnedBy),
		schema.Ref("animal", "Who has it.", func(j *job) *string { return &j.Animal }).To("animal").
			With(schema.Key | schema.Label | schema.Required | schema.Immutable | schema.WeakRef | schema.FoldCase),
		schema.String("level", "Level.", func(j *job) *string { return &j.Level }).With(schema.Required | schema.CarriesRights),
	},
	Grants: func(o *schema.Object, _ schema.Lookup) []schema.Grant {
		j := o.Body.(*job)
		return []schema.Grant{{Right: j.Level, Scope: "den " + j.Den, Via: o.Addr.String()}}
	},
}

var animalKind = &schema.Kind{
	Name: "animal", Subject: true, Removals: []schema.Action{schema.Deactivate, schema.Delete},
	Inactive: func(o *schema.Object) bool { return o.Body.(*animal).Asleep },
	Activate: "asleep = false",
	Attributes: []schema.Attribute{
		schema.String("tag", "Tag.", func(a *animal) *string { return &a.Tag }).With(schema.Key | schema.Label | schema.Required | schema.Immutable | schema.FoldCase),
		schema.Ref("den", "Den.", func(a *animal) *string { return &a.Den }).To("den"),
		schema.Set("food", "Food.", func(a *animal) *[]string { return &a.Food }),
		schema.Bool("asleep", "Whether it is inactive.", func(a *animal) *bool { return &a.Asleep }),
	},
}

type nothing struct{ Zoo string }

var sampleSettings = &schema.Kind{Name: "sample", Attributes: []schema.Attribute{
	schema.String("zoo", "Zoo.", func(n *nothing) *string { return &n.Zoo }),
}}

// row is an object on the wire.
type row struct {
	ID, Name, Place, Den string
	Food                 []string
	Asleep               bool
}

// sampleProduct is the product: a list of rows of each kind.
type sampleProduct struct {
	mu   sync.Mutex
	last int
	rows map[string][]row
}

func startSample(testing.TB, []string) Product {
	p := &sampleProduct{rows: map[string][]row{}}
	return Product{Transport: p, Endpoint: "http://sample.example", Key: "sample-key"}
}

func (p *sampleProduct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serve(w, r)
	return w.Result(), nil
}

func (p *sampleProduct) serve(w http.ResponseWriter, r *http.Request) {
	kind, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	var sent row
	if r.Body != nil {
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
	}
	at := -1
	for i := range p.rows[kind] {
		if p.rows[kind][i].ID == id {
			at = i
		}
	}
	switch {
	case r.Method == "GET" && id == "":
		json.NewEncoder(w).Encode(append([]row{}, p.rows[kind]...))
	case r.Method == "POST" && id == "":
		p.last++
		sent.ID = fmt.Sprint(p.last)
		p.rows[kind] = append(p.rows[kind], sent)
		json.NewEncoder(w).Encode(sent)
	case at < 0:
		http.Error(w, "no such "+kind, 404)
	case r.Method == "GET":
		json.NewEncoder(w).Encode(p.rows[kind][at])
	case r.Method == "POST":
		sent.ID = id
		p.rows[kind][at] = sent
		json.NewEncoder(w).Encode(sent)
	case r.Method == "DELETE":
		p.rows[kind] = append(p.rows[kind][:at:at], p.rows[kind][at+1:]...)
		p.rows["job"] = slices.DeleteFunc(p.rows["job"], func(r row) bool { return kind == "den" && r.Den == id })
	}
}

// mistakes are what a provider may do wrong.
type mistakes struct {
	listWrites, listForgets, repeatsCreates, dropsFood bool
}

func sampleProvider(m mistakes) *provider.Provider {
	return &provider.Provider{
		Product:  schema.Product{Name: "sample", Title: "Sample", Doc: "A zoo.", KeyEnv: "SAMPLE_KEY", Settings: sampleSettings, Kinds: []*schema.Kind{denKind, animalKind, jobKind}},
		Endpoint: func(*schema.Object) string { return "http://sample.example" },
		Budget:   func(*schema.Object) int { return 0 },
		Reads:    func(method, _ string) bool { return method == "GET" },
		Starter:  map[string]string{"sample.hcl": sampleHead},
		Connect: func(_ context.Context, o provider.Options) (provider.Client, error) {
			c := rest.New(rest.Config{Base: o.Endpoint, Header: http.Header{"X-Key": {o.Key}}, Transport: o.Transport, Wait: o.Wait})
			return &sampleClient{c, o, m}, nil
		},
	}
}

type sampleClient struct {
	rest     *rest.Client
	options  provider.Options
	mistakes mistakes
}

func (c *sampleClient) Identity() provider.Identity { return provider.Identity{Tenant: "sample"} }

func (c *sampleClient) List(ctx context.Context, k *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) {
		if c.mistakes.listWrites {
			if err := c.rest.Do(ctx, rest.Call{Op: "touch", Method: "POST", Path: "/touch", Body: row{}}, nil); err != nil {
				yield(schema.Object{}, err)
				return
			}
		}
		dens, err := c.all(ctx, denKind)
		rows := dens
		if k != denKind && err == nil {
			for _, r := range dens {
				c.options.Index.Add("den", r.Name, r.ID)
			}
			rows, err = c.all(ctx, k)
		}
		if err != nil {
			yield(schema.Object{}, err)
			return
		}
		if c.mistakes.listForgets && len(rows) > 1 {
			rows = rows[1:]
		}
		for _, r := range rows {
			if !yield(c.object(k, r), nil) {
				return
			}
		}
	}
}

func (c *sampleClient) all(ctx context.Context, k *schema.Kind) (rows []row, err error) {
	return rest.Collection[row]{Client: c.rest, Op: "list " + k.Many(), Path: "/" + k.Name, ID: func(r *row) string { return r.ID }}.Slice(ctx)
}

func (c *sampleClient) object(k *schema.Kind, r row) schema.Object {
	key, _ := c.options.Index.Key("den", r.Den)
	o := schema.Object{Kind: k, ID: r.ID, Body: &den{Name: r.Name, Place: r.Place}}
	switch k {
	case animalKind:
		o.Body = &animal{r.Name, key, schema.Canonical(r.Food), r.Asleep}
	case jobKind:
		o.Body = &job{key, r.Name, r.Place}
	}
	for i := range k.Attributes {
		if k.Attributes[i].Comparable() {
			o.Set = o.Set.With(i)
		}
	}
	o.Addr = schema.Address{Provider: c.options.Tenant, Kind: k.Name, Key: k.KeyOf(o.Body)}
	c.options.Index.Add(k.Name, o.Addr.Key, o.ID)
	return o
}

// Read reads one object; the dens must have been listed for the animals.
func (c *sampleClient) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var r row
	err := c.rest.Do(ctx, rest.Call{Op: "read " + o.Addr.String(), Path: "/" + o.Kind.Name + "/" + o.ID, NotFoundIsGone: true}, &r)
	return c.object(o.Kind, r), err
}

// Find looks an object up by its key.
func (c *sampleClient) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	rows, err := c.all(ctx, want.Kind)
	for _, r := range rows {
		if o := c.object(want.Kind, r); o.Addr.Key == want.Addr.Key {
			return o, nil
		}
	}
	if err == nil {
		err = provider.ErrNotFound
	}
	return schema.Object{}, err
}

// Apply writes the whole row.
func (c *sampleClient) Apply(ctx context.Context, r provider.Request) (schema.Object, error) {
	call := rest.Call{Op: r.Action.String() + " " + r.Addr.String(), Method: "POST", Path: "/" + r.Addr.Kind}
	o := r.Want
	if r.Have != nil {
		call.Path, call.Idempotent = call.Path+"/"+r.Have.ID, true
	} else {
		call.Idempotent = c.mistakes.repeatsCreates
	}
	switch r.Action {
	case schema.Delete:
		call.Method, call.NotFoundIsGone = "DELETE", true
		if err := c.rest.Do(ctx, call, nil); err != nil && !errors.Is(err, provider.ErrNotFound) {
			return schema.Object{}, err
		}
		_, err := c.Read(ctx, *r.Have)
		switch {
		case errors.Is(err, provider.ErrNotFound):
			err = nil
		case err == nil:
			err = &provider.Error{Op: call.Op, Status: 200, Reason: "it still exists"}
		}
		return schema.Object{}, err
	case schema.Deactivate:
		have := r.Have.Clone()
		have.Body.(*animal).Asleep = true
		o = &have
	}
	sent := row{}
	switch b := o.Body.(type) {
	case *den:
		sent = row{Name: b.Name, Place: b.Place}
	case *job:
		id, _ := c.options.Index.ID("den", b.Den)
		sent = row{Name: b.Animal, Den: id, Place: b.Level}
	case *animal:
		id, _ := c.options.Index.ID("den", b.Den)
		sent = row{Name: b.Tag, Den: id, Food: b.Food, Asleep: b.Asleep}
		if c.mistakes.dropsFood {
			sent.Food = nil
		}
	}
	call.Body = sent
	var got row
	if err := c.rest.Do(ctx, call, &got); err != nil {
		return schema.Object{}, err
	}
	return c.object(o.Kind, got), nil
}
