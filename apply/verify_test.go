package apply_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A crew is a Partoo organization and the files with n new users.
type crew struct {
	t      *testing.T
	server *emulator.Server
	dir    string
	sent   func() int
	client provider.Client
	index  *schema.Index
	plan   *plan.Plan
}

func newCrew(t *testing.T, n int, variants ...string) *crew {
	t.Helper()
	s, err := emulator.New(emulator.Options{
		Seed: &emulator.Seed{
			Org:        emulator.SeedOrg{ID: 42},
			Users:      []emulator.SeedUser{{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"}},
			APIKeys:    []emulator.SeedKey{{Key: "owner", User: "owner@zoo.example"}},
			Businesses: []emulator.SeedBusiness{{Code: "S1", Name: "One"}},
		},
		Rate: -1, Variants: variants,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &crew{t: t, server: s, dir: t.TempDir(), index: &schema.Index{}}
	files := fmt.Sprintf(`
provider "partoo" { org_id = 42 }
user "manager" {
  for_each    = toset([for i in range(%d) : format("m%%04d@zoo.example", i)])
  email       = each.key
  first_name  = "F"
  last_name   = "L"
  role        = "BUSINESS_MANAGER"
  store_codes = ["S1"]
}
`, n)
	if err := os.WriteFile(filepath.Join(c.dir, "main.hcl"), []byte(files), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, diags := config.Load(c.dir, config.Options{Products: []*schema.Product{&partoo.Provider().Product}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	tr := s.Transport()
	c.sent = tr.Requests
	tenant := cfg.Tenants[0]
	if c.client, err = partoo.Provider().Connect(t.Context(), provider.Options{
		Tenant: tenant.Name, Settings: tenant.Settings, Key: "owner", Endpoint: emulator.BaseURL, Transport: tr, Index: c.index, Wait: func(context.Context, time.Duration) error { return nil },
	}); err != nil {
		t.Fatal(err)
	}
	if c.plan, err = live.Plan(t.Context(), live.Input{Client: c.client, Tenant: tenant, Index: c.index, Endpoint: emulator.BaseURL}); err != nil {
		t.Fatal(err)
	}
	return c
}

// run applies the plan with a journal, and returns the requests that were sent.
func (c *crew) run(ctx context.Context, o apply.Options) (report *apply.Report, sent int, journal *apply.Record) {
	c.t.Helper()
	folder, err := datadir.Open(c.dir, true, "journal")
	if err != nil {
		c.t.Fatal(err)
	}
	defer folder.Close()
	if o.Journal, err = apply.OpenJournal(folder, apply.NewHeader(c.plan, "1", time.Unix(0, 0)), nil); err != nil {
		c.t.Fatal(err)
	}
	o.Wait = func(context.Context, time.Duration) error { return nil }
	before := c.sent()
	report, err = apply.Run(ctx, c.plan, c.client, c.index, o)
	if err != nil {
		c.t.Fatal(err)
	}
	sent = c.sent() - before
	report.CloseJournal(o.Journal)
	f, err := os.Open(report.Journal)
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	if journal, err = apply.ReadJournal(f, []*schema.Product{&partoo.Provider().Product}); err != nil {
		c.t.Fatal(err)
	}
	return report, sent, journal
}

// idOf looks a user up in the emulator.
func (c *crew) idOf(email string) string {
	c.t.Helper()
	kind := partoo.Provider().Kind("user")
	found, err := c.client.Find(c.t.Context(), schema.Object{Kind: kind, Addr: schema.Address{Provider: "partoo", Kind: "user", Key: email}})
	if err != nil {
		c.t.Fatal(err)
	}
	return found.ID
}

// Many new users are verified by the pages of the list: each takes one request, and the
// list a hundredth. The estimate says so beforehand.
func TestVerifiedByPages(t *testing.T) {
	c := newCrew(t, 1_000)
	report, sent, journal := c.run(t.Context(), apply.Options{})
	if !report.OK() || sent > 1_100 || sent < 1_000 {
		t.Errorf("%d requests, %v", sent, report.Err())
	}
	if c.plan.Requests.Estimated < sent || c.plan.Requests.Estimated > sent+sent/20 {
		t.Errorf("estimated %d requests, sent %d", c.plan.Requests.Estimated, sent)
	}
	for _, e := range journal.Entries {
		if e.ID == "" || e.Ended.IsZero() || e.OutcomeUnknown || e.After == nil {
			t.Fatalf("%s: accepted as %q, ended %v, in doubt: %t", e.Addr, e.ID, e.Ended, e.OutcomeUnknown)
		}
	}
}

// A few new users are read back alone, because listing everybody would take longer;
// and so are users whom the list does not show whole.
func TestVerifiedAlone(t *testing.T) {
	for name, c := range map[string]*crew{"few": newCrew(t, 3), "thin": newCrew(t, 50, "user-search=thin")} {
		report, sent, journal := c.run(t.Context(), apply.Options{})
		if !report.OK() || name == "few" && sent != 6 {
			t.Errorf("%s: %d requests, %v", name, sent, report.Err())
		}
		for _, e := range journal.Entries {
			if e.After == nil || e.OutcomeUnknown {
				t.Errorf("%s: %s was not verified", name, e.Addr)
			}
		}
	}
}

// What the product accepts and makes otherwise is found in the list as well, and a user
// who is not in it is not taken for created.
func TestVerifiedByPagesDiffers(t *testing.T) {
	c := newCrew(t, 200)
	behind := func(method, path, body string) {
		r, err := http.NewRequest(method, "http://partoo.emulator"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("x-APIKey", "owner")
		r.Header.Set("Content-Type", "application/json")
		answer, err := c.server.Transport().RoundTrip(r)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %v, %v", method, path, answer, err)
		}
	}
	n := 0
	report, _, _ := c.run(t.Context(), apply.Options{Parallelism: 1, Observe: func(e apply.Event) {
		if e.Result != nil {
			return
		}
		if n++; n == 200 { // the last one starts; the others are accepted and not verified
			behind("POST", "/v2/user/"+c.idOf("m0007@zoo.example"), `{"first_name": "Other"}`)
			behind("DELETE", "/v2/user/"+c.idOf("m0008@zoo.example"), "")
		}
	}})
	for i := range report.Results {
		r := &report.Results[i]
		switch want := map[string]apply.Status{"m0007@zoo.example": apply.Diverged, "m0008@zoo.example": apply.Failed}[r.Change.Addr.Key]; {
		case want == apply.NotStarted && r.Status != apply.Done, want != apply.NotStarted && r.Status != want:
			t.Errorf("%s is %s: %v", r.Change.Addr, r.Status, r.Err)
		}
	}
}

// A run that is aborted before the list was read says of each accepted user that it was
// not verified, and so does the journal of a run that was killed.
func TestVerifiedByPagesAborted(t *testing.T) {
	c := newCrew(t, 200)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	report, _, journal := c.run(ctx, apply.Options{Parallelism: 1, Observe: func(e apply.Event) {
		if e.Result == nil {
			if n++; n == 150 {
				cancel()
			}
		}
	}})
	accepted := 0
	for _, e := range journal.Entries {
		if e.ID != "" {
			accepted++
			if !e.OutcomeUnknown || !strings.Contains(e.Reason, "reading it back failed") {
				t.Errorf("%s: %q", e.Addr, e.Reason)
			}
		}
	}
	if accepted < 140 || report.Count(apply.Done) > 0 {
		t.Errorf("%d accepted, %d done", accepted, report.Count(apply.Done))
	}
	text, err := os.ReadFile(report.Journal)
	if err != nil {
		t.Fatal(err)
	}
	killed := text[:strings.Index(string(text), `{"result"`)]
	record, err := apply.ReadJournal(strings.NewReader(string(killed)), []*schema.Product{&partoo.Provider().Product})
	if err != nil {
		t.Fatal(err)
	}
	if e := record.Entries[0]; !e.OutcomeUnknown || e.Reason != "the product accepted it, and the run stopped before it was read back" {
		t.Errorf("%+v", e)
	}
}
