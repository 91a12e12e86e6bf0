package emulator

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Seed is what a new emulator holds, in the words of the API, and with ids. All of it may
// be left out. An id that is 0 is counted.
type Seed struct {
	SalesPartner SalesPartner `json:"salesPartner"`
	Businesses   []Business   `json:"businesses,omitempty"`
	Locations    []Location   `json:"locations,omitempty"`
	Users        []User       `json:"users,omitempty"`
	Groups       []Group      `json:"locationGroups,omitempty"`
	Keys         []Key        `json:"keys,omitempty"` // without any, DefaultKey has an account of its own
}

// A Key is a private key and the id of the user that it acts as.
type Key struct {
	Key  string `json:"key"`
	User int    `json:"user"`
}

//go:embed franchise.json
var franchiseFile []byte

// DefaultSeed is a small franchise: two businesses with three locations each, an
// administrator, two account managers, a location manager and a location group.
func DefaultSeed() *Seed {
	seed, err := emulator.ParseSeed[Seed](franchiseFile)
	if err != nil {
		panic("uberall emulator: franchise.json: " + err.Error())
	}
	return seed
}

// seed puts the seed into the empty state.
func (s *Server) seed() error {
	from := s.o.Seed
	p := from.SalesPartner
	p.ID = cmp.Or(p.ID, s.o.SalesPartner, 42)
	s.putPartner(&p)
	var problems []string
	check := func(wrong bool, what string, id int) {
		if wrong {
			problems = append(problems, fmt.Sprintf("%s %d lacks something, refers to what is not there, or is there twice", what, id))
		}
	}
	for _, b := range from.Businesses {
		s.store.Number("business", &b.ID)
		b.Status = cmp.Or(b.Status, "ACTIVE")
		check(b.Name == "" || s.business(b.ID) != nil, "business", b.ID)
		s.businesses.Put(fmt.Sprint(b.ID), &b)
	}
	for _, l := range from.Locations {
		s.store.Number("location", &l.ID)
		l.Status = cmp.Or(l.Status, "ACTIVE")
		check(l.Name == "" || s.location(l.ID) != nil || s.business(l.Business) == nil, "location", l.ID)
		s.locations.Put(fmt.Sprint(l.ID), &l)
	}
	for _, u := range from.Users {
		s.store.Number("user", &u.ID)
		check(s.user(u.ID) != nil || !s.seedUser(u), "user", u.ID)
	}
	for _, g := range from.Groups {
		s.store.Number("location_group", &g.ID)
		g.Locations, g.Users = set(slices.Clone(g.Locations)), set(slices.Clone(g.Users))
		check(g.Name == "" || s.group(g.ID) != nil || !all(g.Locations, s.location) || !all(g.Users, s.user), "location group", g.ID)
		s.putGroup(&g)
	}
	keys := from.Keys
	if len(keys) == 0 {
		account := User{ID: s.store.Next("user"), Email: "api@uberall.emulator", Role: apiAdmin}
		s.seedUser(account)
		keys = []Key{{DefaultKey, account.ID}}
	}
	for _, k := range keys {
		check(k.Key == "" || s.keys.Find(k.Key) != nil || s.user(k.User) == nil, "the key of user", k.User)
		s.keys.Put(k.Key, &k.User)
	}
	if len(problems) > 0 {
		return fmt.Errorf("emulator seed: %s", problems[0])
	}
	return nil
}

// seedUser adds a user and reports whether it is valid.
func (s *Server) seedUser(u User) bool {
	u.Status = cmp.Or(u.Status, "VERIFIED")
	if u.Features == nil {
		u.Features = newFeatures(u.Role, userFeatures())
	}
	u.Features = set(slices.Clone(u.Features))
	u.Locations, u.Businesses = set(slices.Clone(u.Locations)), set(slices.Clone(u.Businesses))
	_, taken := s.byEmail[strings.ToLower(u.Email)]
	s.putUser(&u)
	return !taken && u.Email != "" && u.Role != "" && all(u.Locations, s.location) && all(u.Businesses, s.business)
}

// all reports whether each id is that of something.
func all[T any](ids []int, find func(int) *T) bool {
	return !slices.ContainsFunc(ids, func(id int) bool { return find(id) == nil })
}
