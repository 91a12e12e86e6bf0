package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A state has the tables of the organization. A handler never changes a row: it changes a copy
// and stores that.
type state struct {
	store      *emulator.Store
	orgs       *emulator.Table[org] // one row
	catalogues *emulator.Table[catalogue]
	roles      *emulator.Table[role]
	sections   *emulator.Table[section]
	groups     *emulator.Table[group]
	businesses *emulator.Table[business]
	users      *emulator.Table[user]
	keys       *emulator.Table[apiKey]
	fields     *emulator.Table[FieldSection]
	taken      *emulator.Table[string] // lower-case e-mail addresses of other organizations

	// Indexes, kept by the tables.
	byEmail  map[string]string          // lower-case e-mail -> user id
	byCode   map[string]string          // store code -> business id
	byKey    map[string]string          // key -> id of its row
	inGroups map[string][]int           // business id -> groups that it is in
	inside   map[int][]int              // section id -> its groups
	byRole   map[bool]map[string]string // of the organization's own -> api_id -> row
}

// open creates the empty tables.
func (st *state) open(path string) {
	*st = state{
		store:   emulator.NewStore("partoo", path),
		byEmail: map[string]string{}, byCode: map[string]string{}, byKey: map[string]string{},
		inGroups: map[string][]int{}, inside: map[int][]int{},
		byRole: map[bool]map[string]string{true: {}, false: {}},
	}
	st.orgs = emulator.NewTable[org](st.store, "org")
	st.catalogues = emulator.NewTable[catalogue](st.store, "permissions")
	st.roles = emulator.NewTable[role](st.store, "role")
	st.sections = emulator.NewTable[section](st.store, "section")
	st.groups = emulator.NewTable[group](st.store, "group")
	st.businesses = emulator.NewTable[business](st.store, "business")
	st.users = emulator.NewTable[user](st.store, "user")
	st.keys = emulator.NewTable[apiKey](st.store, "api_key")
	st.fields = emulator.NewTable[FieldSection](st.store, "business_fields")
	st.taken = emulator.NewTable[string](st.store, "taken_email")
	st.index()
}

func (st *state) index() {
	st.users.OnChange = func(id string, old, now *user) {
		if old != nil {
			delete(st.byEmail, strings.ToLower(old.Email))
		}
		if now != nil {
			st.byEmail[strings.ToLower(now.Email)] = id
		}
	}
	st.businesses.OnChange = func(id string, old, now *business) {
		if old != nil {
			delete(st.byCode, old.Code)
		}
		if now != nil && now.Code != "" {
			st.byCode[now.Code] = id
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
	st.roles.OnChange = func(id string, old, now *role) {
		if old != nil {
			delete(st.byRole[old.OrgID != nil], old.APIID)
		}
		if now != nil {
			st.byRole[now.OrgID != nil][now.APIID] = id
		}
	}
	st.groups.OnChange = st.indexGroup
}

func (st *state) indexGroup(_ string, old, now *group) {
	if old != nil {
		for _, b := range old.BusinessIDs {
			st.inGroups[b] = without(st.inGroups[b], old.ID)
		}
		if now == nil || now.SectionID != old.SectionID {
			st.inside[old.SectionID] = without(st.inside[old.SectionID], old.ID)
		}
	}
	if now != nil {
		for _, b := range now.BusinessIDs {
			st.inGroups[b] = append(st.inGroups[b], now.ID)
		}
		if old == nil || now.SectionID != old.SectionID {
			st.inside[now.SectionID] = append(st.inside[now.SectionID], now.ID)
		}
	}
}

// without returns a new list without the number.
func without(list []int, n int) []int {
	out := make([]int, 0, len(list))
	for _, v := range list {
		if v != n {
			out = append(out, v)
		}
	}
	return out
}

func (st *state) org() *org             { return st.orgs.Find("org") }
func (st *state) catalogue() *catalogue { return st.catalogues.Find("permissions") }

func (st *state) section(id int) *section { return st.sections.Find(strconv.Itoa(id)) }
func (st *state) group(id int) *group     { return st.groups.Find(strconv.Itoa(id)) }

func (st *state) userByEmail(email string) *user {
	return st.users.Find(st.byEmail[strings.ToLower(email)])
}

// hexID returns an id of 24 hexadecimal digits, always the same for the same kind and name.
func hexID(kind, what string) string {
	sum := sha256.Sum256([]byte("partoo/" + kind + "/" + what))
	return hex.EncodeToString(sum[:12])
}

// newHexID returns the next id of objects that requests create.
func (st *state) newHexID(kind string) string {
	return hexID(kind, "#"+strconv.Itoa(st.store.Next(kind)))
}
