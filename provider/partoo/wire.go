package partoo

import (
	"bytes"
	"encoding/json"
)

// A maybe tells a field that is absent from one that is null or empty: lists of
// Partoo leave out fields that the object itself has.
type maybe[T any] struct {
	Set   bool // the field is there, be it null
	Value T
}

// UnmarshalJSON is called only where the field is there.
func (m *maybe[T]) UnmarshalJSON(b []byte) error {
	m.Set = true
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &m.Value)
}

// An envelope is what Partoo writes around a page of a list.
type envelope struct {
	MaxPage int  `json:"max_page"`
	Count   *int `json:"count"`
}

// total is the announced number of items, negative where there is none.
func (e envelope) total() int {
	if e.Count == nil {
		return -1
	}
	return *e.Count
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
	Status      string           `json:"status"`
	Permissions json.RawMessage  `json:"permissions"` // on /user/me, in a form that is not documented
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

type wireGroup struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	HasPuller   bool            `json:"has_puller"`
	BusinessIDs maybe[[]string] `json:"business_ids"`
}

// wireBusiness: the documentation of the search does not show the field with the id,
// so both names in use elsewhere are read.
type wireBusiness struct {
	ID         string `json:"id"`
	BusinessID string `json:"business_id"`
	Code       string `json:"code"`
}

func (b *wireBusiness) id() string {
	if b.BusinessID != "" {
		return b.BusinessID
	}
	return b.ID
}

// wireSwitch is whether an organization uses custom roles.
type wireSwitch struct {
	OrgID       int64 `json:"org_id"`
	HasSwitched bool  `json:"has_switched"`
	CanSwitch   bool  `json:"can_switch"`
}

type wirePermission struct {
	Name             string   `json:"name"`
	DependsOn        oneOrAll `json:"depends_on"`
	DisabledForRoles []string `json:"disabled_for_roles"`
}

type wirePermissions struct {
	Sections []struct {
		Subsections []struct {
			Permissions []wirePermission `json:"permissions"`
		} `json:"subsections"`
	} `json:"sections"`
}

// oneOrAll reads null, a text, or a list of texts: the documentation shows the
// first two and speaks of the third.
type oneOrAll []string

func (o *oneOrAll) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(o))
	}
	var one string
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*o = nil
	if one != "" {
		*o = oneOrAll{one}
	}
	return nil
}
