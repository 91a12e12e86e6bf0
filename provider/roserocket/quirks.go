package roserocket

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// What the documentation leaves open and the client has to decide, each under the name of
// the emulator's variant. Nothing here is a second way of writing: the document is always
// written as the documentation shows it, and read back.

// Variants hidden and derived.

// right returns the role's right on the field, or Rose Rocket's word if it is unknown. The
// documentation has two spellings of hidden, which mean the same; a derived field cannot be
// edited, whatever a document says.
func (f *wireField) right() string {
	switch {
	case f.Disabled || f.Kind == noKind:
		return hide
	case f.Kind == viewer, f.Kind == editor && f.Derived:
		return read
	case f.Kind == editor:
		return edit
	case f.Kind == "":
		return "unknown"
	}
	return f.Kind
}

// Role keys, which are open.

// sameRole reports whether two keys may mean one role. How a URL names a role is not
// documented: "super-admin", "$custom_super-admin" and "Super Admin" were seen.
func sameRole(a, b string) bool { return plainRole(a) == plainRole(b) }

var roleSeparators = strings.NewReplacer(" ", "-", "_", "-")

func plainRole(key string) string {
	return roleSeparators.Replace(strings.TrimPrefix(schema.FoldName(key), "$custom_"))
}

// Variant permissions-get.

// probes are objects that every organization has, to find out whether permissions
// can be read at all.
var probes = []string{"contact", "order"}

// A readability is whether permissions can be read.
type readability struct {
	mu    sync.Mutex
	known visibility
}

type visibility int

const (
	unsure visibility = iota
	seen
	unseen
)

func (s *readability) can() visibility {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}

func (s *readability) saw() { s.set(seen) }

func (s *readability) set(v visibility) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = v
}

// canRead finds out, after a permission could not be read, whether any can. It asks
// for those that every organization has, unless they are among those tried.
func (c *client) canRead(ctx context.Context, err error, tried ...string) (bool, error) {
	switch v := c.readability.can(); {
	case v != unsure:
		return v == seen, nil
	case provider.Status(err) == http.StatusMethodNotAllowed:
		c.readability.set(unseen)
		return false, nil
	}
	for _, object := range probes {
		role := c.settings.ownRole()
		if slices.Contains(tried, schema.JoinKey(role, object)) {
			continue
		}
		if _, err := c.document(ctx, role, object); err == nil {
			return true, nil
		} else if !mayNotExist(err) {
			return false, err
		}
	}
	c.readability.set(unseen)
	return false, nil
}

// Variant unknown-key.

// mayNotExist reports whether an error can mean that there is no such permission, or that
// permissions cannot be read. Rose Rocket does not document its answer to an unknown key.
func mayNotExist(err error) bool {
	switch provider.Status(err) {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// Variant members-key.

// wireMembers are the members of a group. The API's description names userIds and
// defines members, so both are read.
type wireMembers struct {
	Members *[]wireMember `json:"members"`
	UserIDs *[]wireMember `json:"userIds"`
}

func (w *wireMembers) ids() (ids []string, err error) {
	all := w.Members
	if all == nil {
		all = w.UserIDs
	}
	if all == nil {
		return nil, errors.New("the answer is not a list of members")
	}
	for _, m := range *all {
		if m.ID == "" {
			return nil, errors.New("a member of the answer has no id")
		}
		ids = append(ids, schema.FoldID(m.ID))
	}
	return schema.Canonical(ids), nil
}

// A wireMember is an object with an id, or the id.
type wireMember struct{ ID string }

func (m *wireMember) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &m.ID) == nil {
		return nil
	}
	var o struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(b, &o)
	m.ID = o.ID
	return err
}
