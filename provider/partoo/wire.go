package partoo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A maybe distinguishes a field that is absent from one that is null or empty: lists of Partoo
// leave out fields that the object itself has.
type maybe[T any] struct {
	Set   bool // the answer has the field; it may be null
	Value T
}

// UnmarshalJSON is only called if the answer has the field.
func (m *maybe[T]) UnmarshalJSON(b []byte) error {
	m.Set = true
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	switch v := any(&m.Value).(type) { // most values are of these types, for which a decoder is slow
	case *string:
		if plain(b) {
			*v = string(b[1 : len(b)-1])
			return nil
		}
	case *bool:
		if bytes.Equal(b, []byte("false")) {
			*v = false
			return nil
		}
	}
	return json.Unmarshal(b, &m.Value)
}

// plain reports whether a JSON value is a text without escapes.
func plain(b []byte) bool {
	if len(b) < 2 || b[0] != '"' {
		return false
	}
	for _, c := range b[1 : len(b)-1] {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hasName returns an error where the answer lacks the name by which files know the object.
func hasName(what, name string) error {
	if name == "" {
		return fmt.Errorf("the answer does not show the name of the %s", what)
	}
	return nil
}

// hasID returns an error where the answer to a creation has no id.
func hasID(id string) error {
	if id == "" {
		return errors.New("the answer does not say which id was given")
	}
	return nil
}

type wireUser struct {
	ID          string           `json:"id"`
	Email       string           `json:"email"`
	FirstName   string           `json:"first_name"`
	LastName    string           `json:"last_name"`
	OrgID       *int64           `json:"org_id"`
	Role        string           `json:"role"`
	CustomRole  maybe[string]    `json:"custom_role"`
	Accesses    maybe[[][]int64] `json:"accesses"`
	BusinessIDs maybe[[]string]  `json:"business_ids"`
	Lang        maybe[string]    `json:"lang"`
	Disabled    maybe[bool]      `json:"disabled"`
	SSOOnly     bool             `json:"sso_only"`
	Sidebar     maybe[[]string]  `json:"sidebar_pages"` // null: all pages
	Status      string           `json:"status"`
	Permissions json.RawMessage  `json:"permissions"` // on /user/me, in a form that is not documented
}

// check returns an error if an item of the search is not a user.
func (u *wireUser) check() error {
	if u.Email == "" {
		return fmt.Errorf("the answer does not show the address of the user %s", u.ID)
	}
	return nil
}

// whole returns an error unless a user who was read shows where the user may act. A missing
// list would look like an empty one.
func (u *wireUser) whole() error {
	switch where := roleOf(u.Role).reach; {
	case u.Email == "":
		return u.check()
	case where == byAccesses && u.Accesses.Value == nil:
		return errors.New("the answer does not show the accesses of the user")
	case where == byBusinesses && u.BusinessIDs.Value == nil:
		return errors.New("the answer does not show the businesses of the user")
	}
	return nil
}

type wireRole struct {
	Name        string          `json:"name"`
	APIID       string          `json:"api_id"`
	Description string          `json:"description"`
	OrgID       *int64          `json:"org_id"` // null: a built-in role that was never changed
	IsBuiltin   bool            `json:"is_builtin"`
	Permissions maybe[[]string] `json:"permissions"`
}

type wireSection struct {
	ID        int64       `json:"id"`
	Name      string      `json:"name"`
	Groups    []wireGroup `json:"groups"`
	CanEdit   *bool       `json:"can_edit"`
	HasPuller bool        `json:"has_puller"`
}

// check returns an error if an item of the list is not a section with its groups.
func (s *wireSection) check() error {
	if err := cmp.Or(hasName("section "+idText(s.ID), s.Name), rest.RequireList("groups", s.Groups)); err != nil {
		return fmt.Errorf("section %q: %w", s.Name, err)
	}
	for _, g := range s.Groups {
		if g.ID == 0 || g.Name == "" {
			return fmt.Errorf("section %q: a group has no id or no name", s.Name)
		}
	}
	return nil
}

type wireGroup struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	HasPuller   bool            `json:"has_puller"`
	BusinessIDs maybe[[]string] `json:"business_ids"`
}

// A wireBusiness is an item of the search. Its documentation does not show the field with the
// id, so both names that other pages use are read.
type wireBusiness struct {
	ID         string `json:"id"`
	BusinessID string `json:"business_id"`
	Code       string `json:"code"`
	Name       string `json:"name"`
}

// label returns the code and the name of the business.
func (b *wireBusiness) label() string {
	return strings.TrimSpace(schema.NFC(b.Code) + " " + schema.NFC(b.Name))
}

func (b *wireBusiness) id() string {
	if b.BusinessID != "" {
		return schema.FoldID(b.BusinessID)
	}
	return schema.FoldID(b.ID)
}

// A wireSwitch says whether an organization uses custom roles.
type wireSwitch struct {
	OrgID       int64 `json:"org_id"`
	HasSwitched bool  `json:"has_switched"`
	CanSwitch   bool  `json:"can_switch"`
}

type wirePermission struct {
	Name             string   `json:"name"`
	Feature          string   `json:"feature"` // null is ""
	DependsOn        oneOrAll `json:"depends_on"`
	DisabledForRoles []string `json:"disabled_for_roles"`

	section string // of the answer, with its subsection
	place   int    // in the answer, from 0
}

type wirePermissions struct {
	Sections []struct {
		Name        string `json:"name"`
		Subsections []struct {
			Name        string           `json:"name"`
			Permissions []wirePermission `json:"permissions"`
		} `json:"subsections"`
	} `json:"sections"`
}

// check returns an error where a list of the answer is missing.
func (w *wirePermissions) check() error {
	if err := rest.RequireList("sections", w.Sections); err != nil {
		return err
	}
	for _, section := range w.Sections {
		if err := rest.RequireList("subsections", section.Subsections); err != nil {
			return err
		}
		for _, sub := range section.Subsections {
			if err := rest.RequireList("permissions", sub.Permissions); err != nil {
				return err
			}
			for _, p := range sub.Permissions {
				if p.Name == "" {
					return errors.New("a permission has no name")
				}
			}
		}
	}
	return nil
}
