package tines

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A reading collects which objects a row of the audit log speaks of. What inputs and
// outputs hold is not documented and differs by operation: names are in camelCase
// and often one level deeper than they look. So ids and names are looked for
// anywhere, by the word that they stand under and by the operation's name.
type reading struct {
	*client
	operation string
	found     map[string]map[string]bool // keys by kind
}

var (
	teamWord   = regexp.MustCompile(`(?i)team`)
	memberWord = regexp.MustCompile(`(?i)member|invitation`)
	userWord   = regexp.MustCompile(`(?i)user|member|invit|email`)
	roleWord   = regexp.MustCompile(`(?i)role`)
	groupWord  = regexp.MustCompile(`(?i)group`)
	mapWord    = regexp.MustCompile(`(?i)mapping|scim|sso|config`)
)

// aboutWhat lists the objects that the row speaks of, as far as they are recognised.
func (c *client) aboutWhat(l *wireLog) []schema.Address {
	r := &reading{client: c, operation: l.Operation, found: map[string]map[string]bool{}}
	r.walk("", l.Inputs)
	r.walk("", l.Outputs)
	var out []schema.Address
	add := func(kind, key string) {
		out = append(out, schema.Address{Provider: c.Tenant, Kind: kind, Key: key})
	}
	for kind, keys := range r.found {
		for key := range keys {
			add(kind, key)
		}
	}
	// Who came into a team or left it is about the pair.
	if memberWord.MatchString(l.Operation) {
		for team := range r.found[teamKind.Name] {
			for user := range r.found[userKind.Name] {
				add(membershipKind.Name, schema.JoinKey(team, user))
			}
		}
	}
	slices.SortFunc(out, schema.Address.Compare)
	return out
}

// walk looks at a value under a name, and at what is in it.
func (r *reading) walk(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for inner, value := range v {
			if inner == "inputs" || inner == "outputs" || inner == "attributes" || inner == "id" && name != "" {
				r.walk(joined(name, inner), value)
				continue
			}
			r.walk(inner, value)
		}
		r.row(v)
	case []any:
		for _, item := range v {
			r.walk(name, item)
		}
	case string:
		r.text(name, v)
	case float64:
		if v == float64(int64(v)) {
			r.text(name, fmt.Sprintf("%d", int64(v)))
		}
	case json.Number:
		r.text(name, v.String())
	}
}

// joined keeps the name that an id stands under: team: {id: 7}.
func joined(name, inner string) string {
	if inner == "id" {
		return name + "Id"
	}
	return name
}

// row recognises a row of the mapping.
func (r *reading) row(fields map[string]any) {
	if !mapWord.MatchString(r.operation) {
		return
	}
	var group, team string
	for name, value := range fields {
		text, _ := value.(string)
		switch {
		case text == "":
		case groupWord.MatchString(name) && !strings.Contains(strings.ToLower(name), "owner"):
			group = text
		case teamWord.MatchString(name):
			team = text
		}
	}
	if group != "" && team != "" {
		r.note(mappingKind.Name, schema.JoinKey(group, team))
	}
}

// text recognises one id or name by the word that it stands under, and where that
// says nothing ("id", "name"), by the operation.
func (r *reading) text(name, text string) {
	if text == "" {
		return
	}
	if strings.Contains(text, "@") {
		if schema.EmailAddress(text) == nil {
			r.note(userKind.Name, schema.FoldName(text))
		}
		return
	}
	under := name
	if bare := strings.ToLower(name); bare == "" || bare == "id" || bare == "ids" || bare == "name" {
		under = r.operation
	}
	switch {
	case roleWord.MatchString(under):
		r.named(roleKind.Name, text)
	case memberWord.MatchString(under) && strings.EqualFold(under, r.operation):
		// "id" of an operation on members can be anybody's
	case userWord.MatchString(under):
		r.named(userKind.Name, text)
	case teamWord.MatchString(under):
		r.named(teamKind.Name, text)
	}
}

// named notes an object that is known by its id or by its key.
func (r *reading) named(kind, text string) {
	if key, known := r.Index.Key(kind, text); known {
		r.note(kind, key)
	} else if _, known := r.Index.ID(kind, text); known {
		r.note(kind, text)
	}
}

func (r *reading) note(kind, key string) {
	if r.found[kind] == nil {
		r.found[kind] = map[string]bool{}
	}
	r.found[kind][key] = true
}
