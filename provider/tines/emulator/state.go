package emulator

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A state is everything in the tenant. Rows are never changed in place: a handler copies a row,
// changes the copy and puts it.
type state struct {
	store       *emulator.Store
	tenants     *emulator.Table[tenant]    // one row
	catalogues  *emulator.Table[Catalogue] // one row
	roles       *emulator.Table[role]
	teams       *emulator.Table[team] // case groups and personal teams too: they share the ids
	users       *emulator.Table[user]
	memberships *emulator.Table[membership]
	keys        *emulator.Table[apiKey]
	mappings    *emulator.Table[Mapping] // one row
	audits      *emulator.Table[audit]

	// Indexes, kept by the tables. Lists of ids are sorted.
	byEmail  map[string]int // folded address -> user
	byKey    map[string]string
	pairs    map[pair]*membership
	rosters  map[int][]int // team -> those members that are shown
	teamsOf  map[int][]int // user -> teams and case groups
	groupsOf map[int][]int // team -> its case groups
	leaving  []int         // users that wait for their deletion
}

// A tenant identifies the tenant.
type tenant struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// A pair identifies a membership.
type pair struct{ team, user int }

func (p pair) String() string { return strconv.Itoa(p.team) + "/" + strconv.Itoa(p.user) }

// open makes the empty tables.
func (st *state) open(path string, hideServices bool) {
	*st = state{
		store:   emulator.NewStore("tines", path),
		byEmail: map[string]int{}, byKey: map[string]string{}, pairs: map[pair]*membership{},
		rosters: map[int][]int{}, teamsOf: map[int][]int{}, groupsOf: map[int][]int{},
	}
	st.tenants = emulator.NewTable[tenant](st.store, "tenant")
	st.catalogues = emulator.NewTable[Catalogue](st.store, "catalogue")
	st.roles = emulator.NewTable[role](st.store, "role")
	st.teams = emulator.NewTable[team](st.store, "team")
	st.users = emulator.NewTable[user](st.store, "user")
	st.memberships = emulator.NewTable[membership](st.store, "membership")
	st.keys = emulator.NewTable[apiKey](st.store, "api_key")
	st.mappings = emulator.NewTable[Mapping](st.store, "mapping")
	st.audits = emulator.NewTable[audit](st.store, "audit_log")
	st.index(hideServices)
}

func (st *state) index(hideServices bool) {
	st.users.OnChange = func(_ string, old, now *user) {
		if old != nil {
			delete(st.byEmail, strings.ToLower(old.Email))
			st.leaving = without(st.leaving, old.ID)
		}
		if now != nil {
			st.byEmail[strings.ToLower(now.Email)] = now.ID
			if !now.DeletedAt.IsZero() {
				st.leaving = with(st.leaving, now.ID)
			}
		}
	}
	st.keys.OnChange = func(id string, old, now *apiKey) {
		if old != nil {
			delete(st.byKey, old.Key)
		}
		if now != nil {
			st.byKey[now.Key] = id
		}
	}
	st.teams.OnChange = func(_ string, old, now *team) {
		if old != nil && old.Kind == groupTeam {
			st.groupsOf[old.Parent] = without(st.groupsOf[old.Parent], old.ID)
		}
		if now != nil && now.Kind == groupTeam {
			st.groupsOf[now.Parent] = with(st.groupsOf[now.Parent], now.ID)
		}
	}
	st.memberships.OnChange = func(_ string, old, now *membership) {
		switch {
		case now != nil:
			st.pairs[now.pair()] = now
			st.teamsOf[now.User] = with(st.teamsOf[now.User], now.Team)
			if !now.Service || !hideServices {
				st.rosters[now.Team] = with(st.rosters[now.Team], now.User)
			}
		case old != nil:
			delete(st.pairs, old.pair())
			st.teamsOf[old.User] = without(st.teamsOf[old.User], old.Team)
			st.rosters[old.Team] = without(st.rosters[old.Team], old.User)
		}
	}
}

// with inserts a number, unless it is there.
func with(sorted []int, n int) []int {
	i, found := slices.BinarySearch(sorted, n)
	if found {
		return sorted
	}
	return slices.Insert(sorted, i, n)
}

// without removes a number, if it is there.
func without(sorted []int, n int) []int {
	if i, found := slices.BinarySearch(sorted, n); found {
		return slices.Delete(sorted, i, i+1)
	}
	return sorted
}

func (st *state) tenant() *tenant       { return st.tenants.Find("tenant") }
func (st *state) catalogue() *Catalogue { return st.catalogues.Find("catalogue") }
func (st *state) mapping() *Mapping     { return st.mappings.Find("mapping") }

func (st *state) team(id int) *team { return st.teams.Find(strconv.Itoa(id)) }
func (st *state) user(id int) *user { return st.users.Find(strconv.Itoa(id)) }

func (st *state) putTeam(t *team)             { st.teams.Put(strconv.Itoa(t.ID), t) }
func (st *state) putUser(u *user)             { st.users.Put(strconv.Itoa(u.ID), u) }
func (st *state) putMembership(m *membership) { st.memberships.Put(m.pair().String(), m) }

// idOf reads an id in its canonical form. It returns 0 for other text.
func idOf(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text {
		return 0
	}
	return n
}

// stamp formats a time as the API shows it; nil is null.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format("2006-01-02T15:04:05.000Z")
	return &text
}

// seconds formats a time without a fraction, as members and audit logs show it.
func seconds(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format("2006-01-02T15:04:05Z")
	return &text
}
