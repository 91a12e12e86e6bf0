package examples_test

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// A security is the tenant of examples/soc: what each user is, and where.
type security map[string]struct {
	Admin  bool              `json:"admin"`
	Active bool              `json:"is_active"`
	Teams  map[string]string // role by team
}

// secure asks an emulated tenant as any HTTP client would.
func secure(t *testing.T, state string) security {
	t.Helper()
	s, err := emulator.New(emulator.Options{State: state})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, emulator.BaseURL+"/admin/users?per_page=500&include=team_memberships", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer soc")
	answer, err := s.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var page struct {
		Users []struct {
			Email  string `json:"email"`
			Admin  bool   `json:"admin"`
			Active bool   `json:"is_active"`
			Places []struct {
				Team string `json:"team_name"`
				Role string `json:"role"`
			} `json:"team_memberships"`
		} `json:"admin/users"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	out := security{}
	for _, u := range page.Users {
		is := out[u.Email]
		is.Admin, is.Active = u.Admin, u.Active
		for _, p := range u.Places {
			if !strings.Contains(p.Team, u.Email) { // everybody's personal team
				if is.Teams == nil {
					is.Teams = map[string]string{}
				}
				is.Teams[p.Team] = p.Role
			}
		}
		out[u.Email] = is
	}
	return out
}

// TestSOC holds the tenant against the roster: who is where and as what, that the
// leaver is nowhere, and that owners stay owners.
func TestSOC(t *testing.T) {
	dir := copied(t, "soc")
	if _, _, errs := rolecall(t, "plan", dir); strings.Count(errs, "Warning: ") != 1 || !strings.Contains(errs, "[tines/unseen-holders]") {
		t.Errorf("the plan warns of more than who may hold the deleted role unseen:\n%s", errs)
	}
	must(t, 0, "apply", "--auto-approve", dir)
	got := secure(t, filepath.Join(dir, ".rolecall", "tines.json"))
	want := security{
		"olga@soc.example":  {Admin: true, Active: true},
		"omar@soc.example":  {Admin: true, Active: true},
		"ana@soc.example":   {Active: true, Teams: map[string]string{"SOC": "SOC_LEAD", "Threat Hunting": "THREAT_HUNTER"}},
		"ben@soc.example":   {Active: true, Teams: map[string]string{"SOC": "SOC_ANALYST"}},
		"chloe@soc.example": {Active: true, Teams: map[string]string{"SOC": "SOC_ANALYST", "Incident Response": "INCIDENT_RESPONDER"}},
		"deniz@soc.example": {Active: true, Teams: map[string]string{"Threat Hunting": "THREAT_HUNTER", "Incident Response": "INCIDENT_RESPONDER", "Forensics": "VIEWER"}}, // a case group, which is not declared
		"ada@audit.example": {Active: true, Teams: map[string]string{"SOC": "VIEWER"}},
		"dan@soc.example":   {},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the tenant (-roster +live):\n%s", d)
	}
}
