package tines

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// rows lists the mapping in the product's order.
func (p *memberPlace) rows() []string {
	p.t.Helper()
	d, err := mapping{p.client}.fetch(context.Background())
	p.must(err)
	var out []string
	for _, r := range d.rows {
		out = append(out, r.group+" "+r.team+" "+r.role)
	}
	return out
}

// Rows are read in either shape, and a write changes only what it is about.
func TestMappingWrites(t *testing.T) {
	for _, variants := range [][]any{
		nil,
		{"mapping-read=wrapped"},
		{"mapping-rows=old"},
		{"owners-group=array"},
		{"owners-group=hidden", Settings{SCIMOwnersGroup: "Owners"}},
	} {
		p := placed(t, variants...)
		p.all(&mappingKind)
		for _, do := range []func() error{
			func() error { _, err := p.create(mappingRow("Writers", "SOC", "WRITER")); return err },
			func() error {
				_, err := p.change("Analysts/SOC", mappingRow("Analysts", "SOC", "VIEWER"))
				return err
			},
			func() error { return p.remove(&mappingKind, "Admins/IT") },
			func() error { return p.remove(&mappingKind, "Writers/SOC") },
			func() error { _, err := p.create(mappingRow("Admins", "IT", "EDITOR")); return err },
		} {
			p.must(do())
		}
		if diff := cmp.Diff([]string{"Analysts SOC VIEWER", "Admins IT EDITOR"}, p.rows()); diff != "" {
			t.Errorf("%v: %s", variants, diff)
		}
		d, err := mapping{p.client}.fetch(context.Background())
		if err != nil || d.owners() != "" && !slices.Contains(d.ownerGroups(), "Owners") {
			t.Errorf("%v: the owners are %v (%v)", variants, d.ownerGroups(), err)
		}
	}
}

// A write is one read of the whole, one post and one read, after the look before it.
func TestMappingRequests(t *testing.T) {
	p := placed(t)
	p.all(&mappingKind)
	p.ResetRequests()
	o := mappingRow("Writers", "SOC", "WRITER")
	_, err := p.create(o)
	p.must(err)
	p.CheckRequests(p.t, "GET /admin/scim_user_group_mapping",
		`POST /admin/scim_user_group_mapping {"user_group_mapping":{"mappings":[`+
			`{"group_name":"Analysts","role_name":"ANALYST","team_name":"SOC"},{"group_name":"Admins","role_name":"TEAM_ADMIN","team_name":"IT"},`+
			`{"group_name":"Writers","role_name":"WRITER","team_name":"SOC"}],"tenant_owners_group":"Owners"}}`,
		"GET /admin/scim_user_group_mapping")
	if price := p.EstimateRequests(provider.Request{Action: schema.Create, Addr: o.Addr, Want: &o}); price != 4 {
		t.Errorf("it is said to cost %d", price)
	}
}

// Without the group of the owners nothing is written.
func TestMappingOwnersHidden(t *testing.T) {
	p := placed(t, "owners-group=hidden")
	p.all(&mappingKind)
	_, err := p.create(mappingRow("Writers", "SOC", "WRITER"))
	if err == nil || !strings.Contains(err.Error(), "may take the rights") || !strings.Contains(provider.Hint(err), "scim_owners_group") {
		t.Errorf("%v | %s", err, provider.Hint(err))
	}
	for _, r := range p.Requests() {
		if strings.HasPrefix(r, "POST") {
			t.Error(r)
		}
	}
}

// What nobody here knows in the document goes back as it came.
func TestMappingKeepsWhatItDoesNotKnow(t *testing.T) {
	var d document
	text := `{"version":3,"user_group_mapping":{"mappings":[{"group_name":"A","team_name":"T","role_name":"R","note":{"b":1.50}}],` +
		`"tenant_owners_groups":["x","y"],"default":null}}`
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	d.put(&MappingRow{"A", "T", "S"})
	d.put(&MappingRow{"<B>", "T", "S"})
	body, err := d.body("ignored")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"user_group_mapping":{"default":null,"mappings":[{"group_name":"A","note":{"b":1.50},"role_name":"S","team_name":"T"},` +
		`{"group_name":"\u003cB\u003e","role_name":"S","team_name":"T"}],"tenant_owners_groups":["x","y"]},"version":3}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestMappingAnswers(t *testing.T) {
	for _, test := range []struct{ text, err string }{
		{`{"mappings":[]}`, ""},
		{`{"user_group_mapping":{"mappings":[]}}`, ""},
		{`{}`, `no list "mappings"`},
		{`{"mappings":null}`, `no list "mappings"`},
		{`{"user_group_mapping":null}`, `no list "mappings"`},
		{`{"user_group_mapping":[]}`, "is not an object"},
		{`{"mappings":{}}`, "is not a list of rows"},
		{`{"mappings":[{}]}`, "row 1"},
		{`{"mappings":[null]}`, "row 1"},
		{`{"mappings":[{"group_name":"a","team_name":3,"role_name":"c"}]}`, "team_name of row 1 is not a string"},
		{`[]`, "cannot unmarshal"},
	} {
		var d document
		err := json.Unmarshal([]byte(test.text), &d)
		if err == nil {
			err = d.check()
		}
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %v", test.text, err)
		}
	}
}

// A row that is there twice is one, and goes as one.
func TestMappingTwins(t *testing.T) {
	seed := placeSeed()
	seed.Mapping.Rows = append(seed.Mapping.Rows, emulator.MappingRow{Group: "Analysts", Team: "SOC", Role: "VIEWER"})
	p := placed(t, seed)
	if got := p.all(&mappingKind)["Analysts/SOC"].Body.(*MappingRow).Role; got != "ANALYST" {
		t.Errorf("the first row has %s", got)
	}
	p.must(p.remove(&mappingKind, "Analysts/SOC"))
	if diff := cmp.Diff([]string{"Admins IT TEAM_ADMIN"}, p.rows()); diff != "" {
		t.Error(diff)
	}
}

// Somebody else's rows survive, because every write reads again.
func TestMappingSomebodyElse(t *testing.T) {
	p := placed(t)
	p.all(&mappingKind)
	other := &memberPlace{emulator: p.emulator, t: t, RequestLog: p.RequestLog}
	other.connect(Settings{})
	_, err := other.create(mappingRow("Theirs", "IT", "VIEWER"))
	p.must(err)
	_, err = p.create(mappingRow("Ours", "IT", "VIEWER"))
	p.must(err)
	want := []string{"Analysts SOC ANALYST", "Admins IT TEAM_ADMIN", "Theirs IT VIEWER", "Ours IT VIEWER"}
	if diff := cmp.Diff(want, p.rows()); diff != "" {
		t.Error(diff)
	}
}

// What Tines made of the mapping is compared with what was sent.
func TestMappingNotKept(t *testing.T) {
	p := placed(t)
	p.all(&mappingKind)
	p.fault(faults.Fault{Method: "GET", Path: "/admin/scim_user_group_mapping", After: 1, Status: 200,
		Header: map[string]string{"Content-Type": "application/json"}, Body: `{"mappings":[],"tenant_owners_group":"Owners"}`})
	_, err := p.create(mappingRow("Ours", "IT", "VIEWER"))
	if err == nil || !strings.Contains(err.Error(), "Tines has 0 rows, and rolecall sent 3") {
		t.Error(err)
	}
}

// The mapping names teams, so it follows one that gets a new name.
func TestMappingFollowsTeam(t *testing.T) {
	p := placed(t)
	have := p.all(&teamKind)["SOC"]
	want := inFile(&teamKind, &Team{Name: "Security"}, teamKind.Mask("name"))
	r := provider.Request{Action: schema.Rename, Addr: want.Addr, Have: &have, Want: &want, Changed: teamKind.Mask("name")}
	found, err := p.checkedMapping(provider.View{Changes: []provider.Request{r}})
	p.must(err)
	if diff := cmp.Diff([]string{"warning tines/mapping-follows team.Security: Renaming the team changes the SCIM mapping"}, providertest.FindingLines(found)); diff != "" {
		t.Error(diff)
	}
	_, err = p.Apply(context.Background(), r)
	p.must(err)
	if diff := cmp.Diff([]string{"Analysts Security ANALYST", "Admins IT TEAM_ADMIN"}, p.rows()); diff != "" {
		t.Error(diff)
	}
}

// A team keeps its name where the mapping cannot be written first, and the mapping
// its rows where the team then cannot have the name.
func TestMappingCannotFollow(t *testing.T) {
	p := placed(t)
	have := p.all(&teamKind)["SOC"]
	want := inFile(&teamKind, &Team{Name: "Security"}, teamKind.Mask("name"))
	r := provider.Request{Action: schema.Rename, Addr: want.Addr, Have: &have, Want: &want, Changed: teamKind.Mask("name")}
	rows := p.rows()
	p.fault(faults.Fault{Method: "POST", Path: "/admin/scim_user_group_mapping", Status: 500, Times: -1})
	if _, err := p.Apply(context.Background(), r); err == nil || !strings.Contains(err.Error(), "the SCIM mapping names the team SOC") {
		t.Errorf("%v", err)
	}
	p.emulator.ClearFaults()
	p.fault(faults.Fault{Method: "PUT", Path: "/teams/" + have.ID, Status: 422, Times: -1})
	if _, err := p.Apply(context.Background(), r); provider.Status(err) != 422 {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff(rows, p.rows()); diff != "" {
		t.Error(diff)
	}
	if _, there := p.all(&teamKind)["SOC"]; !there {
		t.Error("the team has another name")
	}
	p.emulator.ClearFaults()
	p.fault(faults.Fault{Method: "GET", Path: "/admin/scim_user_group_mapping", Status: 404, Times: -1})
	_, err := p.Apply(context.Background(), r)
	p.must(err)
}

// Where no identity provider places people, 404 means that there is no mapping, and
// the plan says so. Elsewhere there has to be one.
func TestMappingAbsent(t *testing.T) {
	none := faults.Fault{Method: "GET", Path: "/admin/scim_user_group_mapping", Status: 404, Times: -1}
	for _, provisioning := range []string{"", "api"} {
		p := placed(t, Settings{Provisioning: provisioning})
		p.fault(none)
		if rows := p.all(&mappingKind); len(rows) > 0 {
			t.Error(rows)
		}
		row := mappingRow("Writers", "SOC", "WRITER")
		v := provider.View{Live: map[string][]schema.Object{mappingKind.Name: nil}}
		found, err := p.checkedMapping(v)
		p.must(err)
		if diff := cmp.Diff([]string{"warning tines/no-mapping scim_mapping.: rolecall assumes that there is no SCIM mapping"}, providertest.FindingLines(found)); diff != "" {
			t.Error(diff)
		}
		v.Changes = []provider.Request{{Action: schema.Create, Addr: row.Addr, Want: &row}}
		if found, err = p.checkedMapping(v); err != nil || !slices.Contains(providertest.FindingLines(found), "error tines/owners-group scim_mapping.: The group of the tenant owners is not known") {
			t.Error(providertest.FindingLines(found), err)
		}
		if _, err = p.create(row); err == nil {
			t.Error("a first row was written without the group of owners")
		}
	}
	for _, provisioning := range []string{"scim", "jit", "enhanced_jit"} {
		p := placed(t, Settings{Provisioning: provisioning})
		p.fault(none)
		for _, err := range p.List(context.Background(), &mappingKind) {
			if provider.Status(err) != 404 || !strings.Contains(provider.Hint(err), "lacks a right") {
				t.Errorf("%s: %v", provisioning, err)
			}
		}
	}
}

// The first row of a tenant makes its mapping.
func TestMappingBegins(t *testing.T) {
	seed := placeSeed()
	seed.Mapping = emulator.Mapping{}
	p := placed(t, seed, Settings{SCIMOwnersGroup: "Owners"})
	p.fault(faults.Fault{Method: "GET", Path: "/admin/scim_user_group_mapping", Status: 404, Times: 2})
	if rows := p.all(&mappingKind); len(rows) > 0 {
		t.Fatal(rows)
	}
	_, err := p.create(mappingRow("Writers", "SOC", "WRITER"))
	p.must(err)
	if diff := cmp.Diff([]string{"Writers SOC WRITER"}, p.rows()); diff != "" {
		t.Error(diff)
	}
}

// A group of owners that the plan did not tell of is not written: Tines showed another
// one then, and shows none now.
func TestOwnersGroupThatWasNotShown(t *testing.T) {
	p := placed(t, Settings{SCIMOwnersGroup: "Others"})
	p.all(&mappingKind)
	p.fault(faults.Fault{Method: "GET", Path: "/admin/scim_user_group_mapping", Status: 404, Times: 1})
	_, err := p.create(mappingRow("Writers", "SOC", "WRITER"))
	if err == nil || !strings.Contains(err.Error(), "may take the rights") {
		t.Errorf("%v", err)
	}
	if rows := p.rows(); len(rows) != 2 {
		t.Errorf("it was written: %v", rows)
	}
}

// The estimate of a rename counts every request, also if the mapping was not listed before.
func TestRenameOfMappedTeamIsEstimated(t *testing.T) {
	p := placed(t)
	have := p.all(&teamKind)["SOC"]
	want := inFile(&teamKind, &Team{Name: "Security"}, teamKind.Mask("name"))
	r := provider.Request{Action: schema.Rename, Addr: want.Addr, Have: &have, Want: &want, Changed: teamKind.Mask("name")}
	_, err := p.Check(context.Background(), provider.View{Changes: []provider.Request{r}})
	p.must(err)
	p.ResetRequests()
	_, err = p.Apply(context.Background(), r)
	p.must(err)
	const look = 1 // before each write, by whoever applies
	if sent := look + len(p.Requests()); sent != p.EstimateRequests(r) {
		t.Errorf("it is said to take %d requests, and took %d: %v", p.EstimateRequests(r), sent, p.Requests())
	}
}

func TestMappingCheck(t *testing.T) {
	seed := placeSeed()
	seed.Mapping.Rows = append(seed.Mapping.Rows,
		emulator.MappingRow{Group: "Interns", Team: "SOC", Role: "VIEWER"},
		emulator.MappingRow{Group: "Lost", Team: "soc", Role: "GHOST"})
	live := func(p *memberPlace) map[string][]schema.Object {
		out := map[string][]schema.Object{}
		for _, kind := range []*schema.Kind{&roleKind, &teamKind, &mappingKind} {
			for _, o := range p.all(kind) {
				out[kind.Name] = append(out[kind.Name], o)
			}
		}
		return out
	}
	write := mappingRow("Writers", "IT", "TEAM_ADMIN")
	before, after := inFile(&teamKind, &Team{Name: "SOC"}, teamKind.Mask("name")), inFile(&teamKind, &Team{Name: "Security"}, teamKind.Mask("name"))
	renamed := provider.Request{Action: schema.Rename, Addr: after.Addr, Have: &before, Want: &after}
	for _, test := range []struct {
		name    string
		choices []any
		changes []provider.Request
		want    []string
	}{
		{"as it is", []any{seed}, nil, []string{
			"warning tines/mapping-name scim_mapping.Lost/soc: A row of the mapping names no team",
			"warning tines/mapping-name scim_mapping.Lost/soc: A row of the mapping names no role",
			"warning tines/mapping-order scim_mapping.Interns/SOC: The first row of the mapping counts",
		}},
		{"owners hidden", []any{"owners-group=hidden"}, []provider.Request{{Action: schema.Create, Addr: write.Addr, Want: &write}},
			[]string{"error tines/owners-group scim_mapping.: The group of the tenant owners is not known"}},
		{"owners hidden, and the files name their group", []any{"owners-group=hidden", Settings{SCIMOwnersGroup: "Owners"}},
			[]provider.Request{{Action: schema.Create, Addr: write.Addr, Want: &write}},
			[]string{"warning tines/owners-group scim_mapping.: The plan writes the group of the tenant owners"}},
		{"owners hidden, and a team gets another name", []any{"owners-group=hidden"}, []provider.Request{renamed},
			[]string{"warning tines/mapping-follows team.Security: Renaming the team changes the SCIM mapping",
				"error tines/owners-group scim_mapping.: The group of the tenant owners is not known",
				"warning tines/mapping-name scim_mapping.Analysts/Security: A row of the mapping names no team"}},
		{"owners hidden, nothing written", []any{"owners-group=hidden"}, nil, nil},
		{"the group of owners", []any{Settings{SCIMOwnersGroup: "Owners"}}, nil, nil},
		{"another group of owners", []any{Settings{SCIMOwnersGroup: "Bosses"}}, nil,
			[]string{"warning tines/owners-group scim_mapping.: Tines has another group of tenant owners"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := placed(t, test.choices...)
			objects := live(p)
			found, err := p.checkedMapping(provider.View{Live: objects, After: objects, Changes: test.changes})
			p.must(err)
			if diff := cmp.Diff(test.want, providertest.FindingLines(found)); diff != "" {
				t.Error(diff)
			}
			for _, f := range found {
				if len(f.Summary) > 60 || strings.HasSuffix(f.Summary, ".") || !strings.HasSuffix(f.Detail, ".") && !strings.HasSuffix(f.Detail, "?") {
					t.Errorf("%q %q", f.Summary, f.Detail)
				}
			}
		})
	}
}
