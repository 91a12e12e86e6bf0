package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A state is everything that the sales partner holds. Rows are never changed in place: a
// handler copies one, changes the copy and puts it.
type state struct {
	store      *emulator.Store
	partners   *emulator.Table[SalesPartner] // one row
	keys       *emulator.Table[int]          // private key -> the account that it acts as
	users      *emulator.Table[User]
	groups     *emulator.Table[Group]
	businesses *emulator.Table[Business]
	locations  *emulator.Table[Location]

	// Indexes, kept by the tables. Lists of ids are sorted.
	byEmail      map[string]int // lower case -> user
	byIdentifier map[string]int // -> user
	groupsOf     map[int][]int  // user -> location groups
	within       map[int][]int  // business -> locations
}

// open makes the empty tables. taken says that deleted users keep their address and
// identifier.
func (st *state) open(path string, taken bool) {
	*st = state{
		store:   emulator.NewStore("uberall", path),
		byEmail: map[string]int{}, byIdentifier: map[string]int{}, groupsOf: map[int][]int{}, within: map[int][]int{},
	}
	st.partners = emulator.NewTable[SalesPartner](st.store, "sales_partner")
	st.keys = emulator.NewTable[int](st.store, "key")
	st.users = emulator.NewTable[User](st.store, "user")
	st.groups = emulator.NewTable[Group](st.store, "location_group")
	st.businesses = emulator.NewTable[Business](st.store, "business")
	st.locations = emulator.NewTable[Location](st.store, "location")

	named := func(u *User) bool { return u != nil && (taken || u.Status != deleted) }
	st.users.OnChange = func(_ string, old, now *User) {
		if named(old) {
			delete(st.byEmail, strings.ToLower(old.Email))
			delete(st.byIdentifier, old.Identifier)
		}
		if named(now) {
			st.byEmail[strings.ToLower(now.Email)] = now.ID
			if now.Identifier != "" {
				st.byIdentifier[now.Identifier] = now.ID
			}
		}
	}
	st.groups.OnChange = func(_ string, old, now *Group) {
		if old != nil {
			for _, id := range old.Users {
				st.groupsOf[id] = slices.DeleteFunc(st.groupsOf[id], func(g int) bool { return g == old.ID })
			}
		}
		if now != nil {
			for _, id := range now.Users {
				st.groupsOf[id] = insert(st.groupsOf[id], now.ID)
			}
		}
	}
	st.locations.OnChange = func(_ string, old, now *Location) {
		if old != nil {
			st.within[old.Business] = slices.DeleteFunc(st.within[old.Business], func(id int) bool { return id == old.ID })
		}
		if now != nil {
			st.within[now.Business] = insert(st.within[now.Business], now.ID)
		}
	}
}

// set sorts a list of its own and drops what is in it twice.
func set[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

// insert puts a number into its place in a sorted list.
func insert(sorted []int, n int) []int {
	i, found := slices.BinarySearch(sorted, n)
	if found {
		return sorted
	}
	return slices.Insert(sorted, i, n)
}

func (st *state) partner() *SalesPartner { return st.partners.Find("sales_partner") }

func (st *state) putPartner(p *SalesPartner) { st.partners.Put("sales_partner", p) }

func (st *state) user(id int) *User         { return st.users.Find(strconv.Itoa(id)) }
func (st *state) group(id int) *Group       { return st.groups.Find(strconv.Itoa(id)) }
func (st *state) business(id int) *Business { return st.businesses.Find(strconv.Itoa(id)) }
func (st *state) location(id int) *Location { return st.locations.Find(strconv.Itoa(id)) }

func (st *state) putUser(u *User)   { st.users.Put(strconv.Itoa(u.ID), u) }
func (st *state) putGroup(g *Group) { st.groups.Put(strconv.Itoa(g.ID), g) }
