package tines

import (
	"errors"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Role is a named set of permissions that a member has in a team.
type Role struct {
	Name        string
	Description string
	Permissions []string
	BasedOn     string   // input: a default role, whose permissions are the start
	Enable      []string // input: permissions added to the start
	Disable     []string // input: permissions taken from the start
	Type        string   // default or custom, as the product says
}

// allowAll is what a default role shows in the place of a list.
const allowAll = "ALLOW_ALL"

// The types of roles.
const (
	typeDefault = "default"
	typeCustom  = "custom"
)

var roleKind = schema.Kind{
	Name: "role",
	Doc:  "A role says what a member may do in a team.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the role.", func(r *Role) *string { return &r.Name }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Check(roleName).Like(`"SOC_ANALYST"`),
		schema.String("description", "What the role is for.", func(r *Role) *string { return &r.Description }).
			With(schema.LongText).Like(`"Reads and writes cases"`),
		schema.Set("permissions", "Permissions that the role grants: always the whole list.", func(r *Role) *[]string { return &r.Permissions }).
			With(schema.Guarded).Like(`["CASE_CREATE", "STORY_CREATE"]`),
	},
}

func roleName(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("must not be empty")
	case strings.Trim(s, "0123456789") == "":
		return errors.New("must not be a number")
	}
	return nil
}
