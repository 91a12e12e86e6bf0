package emulator

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A state holds the data of the organization. Rows are never changed in place: a handler
// copies a row, changes the copy and stores it.
type state struct {
	store       *emulator.Store
	orgs        *emulator.Table[org] // one row
	clients     *emulator.Table[client]
	roles       *emulator.Table[string]     // keys, as in URLs
	objects     *emulator.Table[Object]     // by key
	permissions *emulator.Table[permission] // by role and object
	users       *emulator.Table[user]
	groups      *emulator.Table[group]

	// Indexes, which the tables update.
	fields map[string]map[string]*Field // object -> key
	byName map[string]string            // name of a user group -> id
}

type org struct {
	ID string `json:"id"`
}

// A client is an OAuth application of the organization.
type client struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// A user is a person, whose id alone matters here, or a service account.
type user struct {
	ID      string `json:"id"`
	Email   string `json:"email,omitempty"`
	Role    string `json:"role"` // one of builtinRoles, or a role of the seed
	Service bool   `json:"service,omitempty"`
}

// A permission is the document of one role on one object, as GET returns it.
type permission struct {
	Role     string          `json:"role"`
	Object   string          `json:"object"`
	Document json.RawMessage `json:"document"`
}

// open creates the empty tables.
func (st *state) open(path string) {
	*st = state{
		store:  emulator.NewStore("roserocket", path),
		fields: map[string]map[string]*Field{}, byName: map[string]string{},
	}
	st.orgs = emulator.NewTable[org](st.store, "org")
	st.clients = emulator.NewTable[client](st.store, "client")
	st.roles = emulator.NewTable[string](st.store, "role")
	st.objects = emulator.NewTable[Object](st.store, "object")
	st.permissions = emulator.NewTable[permission](st.store, "permission")
	st.users = emulator.NewTable[user](st.store, "user")
	st.groups = emulator.NewTable[group](st.store, "group")
}

func (s *Server) index() {
	s.permissions.OnChange = s.rightsIndex.changed
	s.objects.OnChange = func(id string, _, now *Object) {
		delete(s.fields, id)
		if now == nil {
			return
		}
		byKey := make(map[string]*Field, len(now.Fields))
		for i := range now.Fields {
			byKey[now.Fields[i].Key] = &now.Fields[i]
		}
		s.fields[id] = byKey
	}
	s.groups.OnChange = func(id string, old, now *group) {
		if old != nil && s.byName[s.groupName(old.Name)] == id {
			delete(s.byName, s.groupName(old.Name))
		}
		if now != nil {
			s.byName[s.groupName(now.Name)] = id
		}
	}
}

// groupName returns the form of a name in which it must be unique.
func (s *Server) groupName(name string) string {
	if s.is("group-name-case", "ignored") {
		return strings.ToLower(name)
	}
	return name
}

func (st *state) org() *org { return st.orgs.Find("org") }

// at returns the id of the row for a role and an object. Neither key can contain NUL.
func at(role, object string) string { return role + "\x00" + object }

// uuid derives an id from a kind and a name, so that the same seed gives the same ids.
func uuid(kind, what string) string {
	sum := sha256.Sum256([]byte("roserocket/" + kind + "/" + what))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// newUUID derives the id of an object that a request creates from the number of objects that
// requests created before it.
func (st *state) newUUID(kind string) string {
	return uuid(kind, "#"+strconv.Itoa(st.store.Next(kind)))
}
