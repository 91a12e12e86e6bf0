package cmd_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// A partooState is what the emulated organization holds, as far as these tests look.
type partooState struct {
	Role []struct {
		APIID       string `json:"api_id"`
		Name        string
		Description *string
		Permissions []string
		OrgID       *int `json:"org_id"`
	}
	Section []struct {
		ID   int
		Name string
	}
	Group []struct {
		ID         int
		SectionID  int `json:"section_id"`
		Name       string
		Businesses []string `json:"business_ids"`
	}
	User []struct {
		Email, Role, Lang string
		FirstName         string `json:"first_name"`
		LastName          string `json:"last_name"`
		CustomRole        string `json:"custom_role"`
		Accesses          [][]int
		Businesses        []string `json:"business_ids"`
		Disabled          bool
	}
}

func (p *proxy) state() *partooState {
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/_emulator/state", nil))
	var s partooState
	if err := json.Unmarshal(rec.Body.Bytes(), &s); err != nil {
		panic(err)
	}
	return &s
}

// names lists everything that there is by its name, with what it holds, and
// without ids, so that two ways to the same end compare as equal.
func (s *partooState) names() []string {
	sections, groups := map[int]string{}, map[int]string{}
	var out []string
	for _, x := range s.Section {
		sections[x.ID] = x.Name
		out = append(out, "section "+x.Name)
	}
	for _, g := range s.Group {
		groups[g.ID] = sections[g.SectionID] + "/" + g.Name
		out = append(out, fmt.Sprintf("group %s %v", groups[g.ID], sorted(g.Businesses)))
	}
	for _, r := range s.Role {
		text := "-"
		if r.Description != nil {
			text = *r.Description
		}
		out = append(out, fmt.Sprintf("role %s %s %q %v", r.APIID, r.Name, text, sorted(r.Permissions)))
	}
	for _, u := range s.User {
		var accesses []string
		for _, a := range u.Accesses {
			var names []string
			for _, id := range a {
				names = append(names, groups[id])
			}
			accesses = append(accesses, strings.Join(sorted(names), "&"))
		}
		out = append(out, fmt.Sprintf("user %s %s %s %s %s %s %v %v %v", u.Email, u.FirstName, u.LastName, u.Lang, u.Role, u.CustomRole, sorted(accesses), sorted(u.Businesses), u.Disabled))
	}
	return sorted(out)
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// userRights is what everybody can do, by address: each permission of their role at
// each business that they see, and the sight itself.
type userRights map[string]map[string]bool

func (p *proxy) reach() userRights {
	s := p.state()
	permissions, groups := map[string][]string{}, map[int]int{}
	businesses := map[int][]string{}
	for _, r := range s.Role {
		if _, known := permissions[r.APIID]; !known || r.OrgID != nil {
			permissions[r.APIID] = r.Permissions
		}
	}
	for _, g := range s.Group {
		groups[g.ID], businesses[g.ID] = g.SectionID, g.Businesses
	}
	out := userRights{}
	for _, u := range s.User {
		all := map[string]bool{}
		out[u.Email] = all
		if u.Disabled {
			continue
		}
		role := u.CustomRole
		if role == "" {
			role = u.Role
		}
		var places []string
		switch u.Role {
		case "BUSINESS_MANAGER":
			places = u.Businesses
		case "GROUP_MANAGER":
			places = seen(u.Accesses, groups, businesses)
		default:
			places = []string{"everywhere"}
		}
		for _, b := range places {
			all["view "+b] = true
			for _, right := range permissions[role] {
				all[right+" "+b] = true
			}
		}
	}
	return out
}

// seen is what accesses let through: groups of one section are alternatives, and
// every section must hold.
func seen(accesses [][]int, section map[int]int, businesses map[int][]string) []string {
	out := map[string]bool{}
	if len(accesses) == 0 {
		return nil
	}
	for _, access := range accesses {
		if len(access) == 0 {
			return []string{"everywhere"}
		}
		by := map[int]map[string]bool{}
		for _, g := range access {
			if by[section[g]] == nil {
				by[section[g]] = map[string]bool{}
			}
			for _, b := range businesses[g] {
				by[section[g]][b] = true
			}
		}
		var here map[string]bool
		for _, one := range by {
			if here == nil {
				here = maps.Clone(one)
			}
			maps.DeleteFunc(here, func(b string, _ bool) bool { return !one[b] })
		}
		maps.Copy(out, here)
	}
	return slices.Sorted(maps.Keys(out))
}

// A rightsWatch holds every moment against the beginning and the end.
type rightsWatch struct {
	before, after userRights

	mu    sync.Mutex
	wider []string // what somebody could do in between and in neither of both
	looks int
}

func (w *rightsWatch) record(after string, now userRights) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	for who, rights := range now {
		for right := range rights {
			if !w.before[who][right] && !w.after[who][right] {
				w.wider = append(w.wider, fmt.Sprintf("after %s %s can %s", after, who, right))
			}
		}
	}
}

// violations returns what was wider.
func (w *rightsWatch) violations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.wider)
}
