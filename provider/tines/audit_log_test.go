package tines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// history lists the events as "operation who own: about".
func (p *memberPlace) history(since time.Time) []string {
	p.t.Helper()
	var out []string
	for e, err := range p.History(context.Background(), since) {
		if err != nil {
			p.t.Fatal(err)
		}
		who := e.Who
		if e.Own {
			who += " (rolecall)"
		}
		var about []string
		for _, a := range e.About {
			about = append(about, a.String())
		}
		if e.At.IsZero() || e.ID == "" {
			p.t.Errorf("%+v", e)
		}
		out = append(out, fmt.Sprintf("%s %s: %s", e.What, who, strings.Join(about, " ")))
	}
	return out
}

// What was done by a plan and by hand is found again in the log.
func TestHistory(t *testing.T) {
	full := []string{
		"TeamMembersAddition owner@zoo.example (rolecall): membership.IT/ana@zoo.example role.ANALYST team.IT user.ana@zoo.example",
		"TeamMemberRemoval owner@zoo.example (rolecall): membership.SOC/ana@zoo.example team.SOC user.ana@zoo.example",
		"TenantConfigChange owner@zoo.example (rolecall): role.TEAM_ADMIN team.IT",
	}
	p := placed(t)
	before := time.Now().Add(-time.Minute)
	p.all(&roleKind)
	p.all(&teamKind)
	p.all(&membershipKind)
	_, err := p.create(member("IT", "ana@zoo.example", "ANALYST"))
	p.must(err)
	p.must(p.remove(&membershipKind, "SOC/ana@zoo.example"))
	p.must(p.remove(&mappingKind, "Analysts/SOC"))
	got := p.history(before)
	slices.Reverse(got) // the newest comes first
	if diff := cmp.Diff(full, got); diff != "" {
		t.Error(diff)
	}
	if got := p.history(time.Now().Add(time.Hour)); got != nil {
		t.Errorf("from the future: %v", got)
	}
}

// What a row speaks of is found anywhere in it, and what is not known is left out.
func TestAbout(t *testing.T) {
	p := placed(t)
	p.all(&roleKind)
	p.all(&teamKind)
	p.all(&membershipKind)
	for _, test := range []struct{ operation, inputs, want string }{
		{"TeamMembersAddition", `{"inputs":{"teamId":21,"emails":["Eve@zoo.example"],"role":"ANALYST"}}`,
			"membership.SOC/eve@zoo.example role.ANALYST team.SOC user.eve@zoo.example"},
		{"TeamMemberRemoval", `{"inputs":{"inputs":{"team_id":"22","userIds":[3]}}}`, "membership.IT/ben@zoo.example team.IT user.ben@zoo.example"},
		{"TeamUpdate", `{"id":21,"attributes":{"name":"SOC"}}`, "team.SOC"},
		{"TeamDestruction", `{"team":{"id":21}}`, "team.SOC"},
		{"CustomRoleUpdate", `{"id":11,"permissions":["TEAM"]}`, "role.ANALYST"},
		{"CustomRoleDeletion", `{"name":"WRITER"}`, "role.WRITER"},
		{"UserEdit", `{"id":3,"email":"ben@zoo.example"}`, "user.ben@zoo.example"},
		{"UserDeletion", `{"userId":999}`, ""},
		{"TenantConfigChange", `{"mappings":[{"groupName":"A","teamName":"SOC","roleName":"ANALYST"}],"tenantOwnersGroup":"Owners"}`,
			"role.ANALYST team.SOC"},
		{"TeamMemberRemoval", `null`, ""},
		{"TeamMemberRemoval", `[1,[2],"x",true,1.5]`, ""},
	} {
		var l wireLog
		if err := json.Unmarshal(fmt.Appendf(nil, `{"operation_name":%q,"inputs":%s}`, test.operation, test.inputs), &l); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range p.aboutWhat(&l) {
			got = append(got, a.String())
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s %s: %s", test.operation, test.inputs, diff)
		}
	}
}

// A key without the right is told which one.
func TestHistoryHidden(t *testing.T) {
	p := placed(t)
	p.fault(faults.Fault{Method: "GET", Path: "/audit_logs", Status: 404})
	for _, err := range p.History(context.Background(), time.Unix(0, 0)) {
		if !errors.Is(err, provider.ErrCredentials) || !strings.Contains(provider.Hint(err), "AUDIT_LOG_READ") {
			t.Errorf("%v | %s", err, provider.Hint(err))
		}
	}
}

// Rows that are logged while pages are read come once, and pages that lead back end
// with an error.
func TestHistoryPages(t *testing.T) {
	row := func(id int) string {
		return fmt.Sprintf(`{"id":%d,"created_at":"2026-05-01T10:00:0%dZ","operation_name":"UserEdit","inputs":null,"request_user_agent":null,"user_email":null,"user_id":7}`, id, id%10)
	}
	for _, test := range []struct {
		name  string
		pages []string
		want  int
		err   bool
	}{
		{"shifted", []string{`{"audit_logs":[` + row(3) + `,` + row(2) + `],"meta":{"next_page_number":2}}`, `{"audit_logs":[` + row(2) + `,` + row(1) + `],"meta":{"next_page_number":null}}`}, 3, false},
		{"leading back", []string{`{"audit_logs":[` + row(3) + `],"meta":{"next_page_number":1}}`}, 1, true},
		{"empty before the end", []string{`{"audit_logs":[],"meta":{"next_page_number":2}}`, `{"audit_logs":[],"meta":{"next_page_number":3}}`}, 0, true},
		{"no list", []string{`{"meta":{"next_page_number":null}}`}, 0, true},
		{"no meta", []string{`{"audit_logs":[]}`}, 0, true},
		{"a row without a time", []string{`{"audit_logs":[{"id":1,"operation_name":"x"}],"meta":{"next_page_number":null}}`}, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &client{rest: newREST(provider.Options{Endpoint: "https://tines.test/api/v1", Transport: pages(test.pages)}, budgets{}), Objects: crud.Objects{Index: &schema.Index{}}}
			n, failed := 0, false
			for e, err := range c.History(context.Background(), time.Unix(0, 0)) {
				if failed = err != nil; !failed {
					n++
					if e.Who != "the user with the id 7" || e.Own {
						t.Errorf("%+v", e)
					}
				}
			}
			if n != test.want || failed != test.err {
				t.Errorf("%d events, failed %v", n, failed)
			}
		})
	}
}

// pages answers by the number of the page.
type pages []string

func (p pages) RoundTrip(r *http.Request) (*http.Response, error) {
	var n int
	if _, err := fmt.Sscan(r.URL.Query().Get("page"), &n); err != nil || n < 1 || n > len(p) {
		return answered(r, http.StatusNotFound, `{"error":"no page"}`), nil
	}
	return answered(r, http.StatusOK, p[n-1]), nil
}

func answered(r *http.Request, status int, text string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: io.NopCloser(strings.NewReader(text)),
	}
}
