package tines

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Team is a place with stories, credentials and cases, and with members.
type Team struct {
	Name    string
	Members map[string]string // input: e-mail -> key of a role; become memberships
}

var teamKind = schema.Kind{
	Name: "team",
	Doc: "A team owns stories, credentials and cases, and has members. Everybody's personal team and the case groups inside a team are never touched. " +
		"Deleting a team cannot be undone and takes what is in it along, so allow_team_deletion in the provider block has to say that it may happen; " +
		"a team that leaves the files stays in Tines.",
	Removals: []schema.Action{schema.Forget, schema.Delete},
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the team. To rename the team in place, write the old name in previously. The mapping of an identity provider names teams, too.",
			func(t *Team) *string { return &t.Name }).
			With(schema.Key | schema.Label | schema.Required).Check(teamName).Like(`"SOC"`),
		schema.RefMap("members", "Short form for membership blocks: the role of each member by e-mail address.",
			func(t *Team) *map[string]string { return &t.Members }).
			To("role").With(schema.ConfigOnly).Like(`{ "ana@zoo.example" = role.analyst }`),
	},
	Validate: validateMembers,
	Expand:   expandMembers,
}

func teamName(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("must not be empty")
	case strings.TrimSpace(s) != s:
		return fmt.Errorf("must not begin or end with a space; this is %q", s)
	case strings.ContainsFunc(s, unicode.IsControl):
		return fmt.Errorf("must be one line of text; this is %q", s)
	}
	return nil
}
