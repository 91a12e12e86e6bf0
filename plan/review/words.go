package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Short is how many rights or places a short list shows.
const Short = 5

// Label returns the readable name of a scope or a place.
func (t *Tenant) Label(name string) string {
	if label := t.Labels[name]; label != "" {
		return label
	}
	return name
}

// Who names a person: a user by the key, and what stands for users by those or by the address.
func (p *Person) Who() string {
	switch {
	case p.Anyone != "":
		return p.Anyone
	case p.User:
		return p.Key
	}
	return p.Address()
}

// Who names the person of a change as Person.Who does.
func (x *Change) Who() string { return cmp.Or(x.Anyone, x.Key) }

// Address returns the address of the person.
func (p *Person) Address() string { return p.Kind + "." + p.Key }

// RightsInShort lists the rights of a way, at most limit of them.
func (w *Way) RightsInShort(limit int) string {
	s := text.List(w.Rights, limit)
	if w.Unknown && !w.All {
		s = "not known: " + s
	}
	return s
}

// Where lists where the rights of a way hold, at most limit scopes.
func (t *Tenant) Where(w *Way, limit int) string {
	labels := make([]string, len(w.Scopes))
	for i, scope := range w.Scopes {
		labels[i] = t.Label(scope)
	}
	return text.List(labels, limit)
}

// PlacesOf lists the places of a way's scope by what people call them; nil if it has none of its own.
func (t *Tenant) PlacesOf(w *Way) []string {
	if w.Places == 0 {
		return nil
	}
	set := t.PlaceSets[w.Places-1]
	labels := make([]string, len(set))
	for i, place := range set {
		labels[i] = t.Label(place)
	}
	return labels
}

// CountPlaces returns the number of places on which a way gives rights; 0 if it is not about places.
func (t *Tenant) CountPlaces(w *Way) int {
	switch {
	case w.Places != 0:
		return len(t.PlaceSets[w.Places-1])
	case len(w.Scopes) > 1:
		return len(w.Scopes)
	}
	return 0
}

// Links lists the objects that give a person the rights, from what holds them for the person alone.
func (h *Hold) Links() []Link {
	if h.Through == nil {
		return h.Chain
	}
	return append([]Link{*h.Through}, h.Chain...)
}

// Words returns the state in words.
func (s State) Words() string {
	switch s {
	case NotListed:
		return "not listed by the product"
	case NotKnown:
		return "not known"
	}
	return string(s)
}

// Declared says in words whether a file declares what is at a position.
func (p *Position) Declared() string {
	switch p.Origin {
	case access.Declared:
		return "declared"
	case access.Differs:
		return "declared, live differs"
	case access.Expired:
		return "declared, expired"
	case access.Missing:
		if p.File != "" {
			return "declared, not live yet"
		}
		return "not found"
	case access.BuiltIn:
		return "built in"
	}
	return "live only"
}

// Committed says in words in which commit a line is: its hash, "not committed", or "" if that is not
// known or there is no line.
func (c *Commit) Committed() string {
	if c.NotCommitted {
		return "not committed"
	}
	return c.ID
}

// Sentences says what changed about a person. Lists have at most limit members.
func (x *Change) Sentences(limit int) []string {
	var out []string
	if x.Earlier != "" {
		out = append(out, "was "+x.Earlier)
	}
	if x.Before != nil {
		out = append(out, x.standing()...)
	}
	gains, loses := "gains ", "loses "
	switch x.What {
	case Added:
		gains = "has "
	case Removed:
		loses = "had "
	}
	for i := range x.Gained {
		out = append(out, gains+x.Gained[i].words(limit))
	}
	for i := range x.Lost {
		out = append(out, loses+x.Lost[i].words(limit))
	}
	return out
}

func (x *Change) standing() []string {
	var out []string
	before, after := x.Before, x.After
	switch {
	case before.Administrator == after.Administrator:
	case after.Administrator:
		out = append(out, "becomes administrator")
	default:
		out = append(out, "is no administrator any more")
	}
	if before.State != after.State {
		out = append(out, "was "+before.State.Words()+", is "+after.State.Words())
	}
	switch {
	case before.Orphan == after.Orphan:
	case after.Orphan:
		out = append(out, "no file declares them any more")
	default:
		out = append(out, "a file declares them now")
	}
	return out
}

func (d *Delta) words(limit int) string {
	s := text.List(d.Rights, limit) + onEach(d.Scopes, limit)
	if d.Via != "" {
		s += " through " + d.Via
	}
	return s
}

// Role says what a person holds by a way in a few words: "role keeper on Class/Birds".
func (t *Tenant) Role(h *Hold) string {
	s := h.Via
	if s == "" {
		s = h.RightsInShort(2)
	}
	if where := t.Where(h.Way, 2); !strings.HasSuffix(s, where) { // not "in team SOC on team SOC"
		s += on(where)
	}
	if h.Until != "" {
		s += " until " + h.Until
	}
	return s
}

// Roles says what a person holds, in at most limit roles, or that there are no rights.
func (t *Tenant) Roles(p *Person, limit int) string {
	switch {
	case len(p.Holds) > 0:
	case p.Incomplete:
		return "rights not known"
	default:
		return "no rights"
	}
	var parts []string
	for i := range p.Holds {
		if len(parts) == limit {
			return strings.Join(parts, "; ") + "; " + text.Count(len(p.Holds)-i, "more role", "more roles")
		}
		if role := t.Role(&p.Holds[i]); !slices.Contains(parts, role) {
			parts = append(parts, role)
		}
	}
	return strings.Join(parts, "; ")
}

// on says where something is; "" if that goes without saying.
func on(where string) string {
	if where == "" {
		return ""
	}
	return " on " + where
}

// onEach says on which scopes something is, at most limit of them. One that is itself several groups,
// "Class/Birds and Continent/Europe", stays apart from the others.
func onEach(scopes []string, limit int) string {
	if !slices.ContainsFunc(scopes, func(s string) bool { return strings.Contains(s, " and ") }) {
		return on(text.List(scopes, limit))
	}
	s := on(strings.Join(scopes[:min(limit, len(scopes))], ", and on "))
	if more := len(scopes) - limit; more > 0 {
		s += ", and on " + text.Number(more) + " more"
	}
	return s
}

// Where says where something is declared: the file and the line, or that no file declares it.
func (p *Position) Where() string {
	if p.File == "" {
		return p.Declared()
	}
	s := fmt.Sprintf("%s:%d", p.File, p.Line)
	switch p.Origin {
	case access.Differs:
		s += " (live differs)"
	case access.Expired:
		s += " (expired)"
	case access.Missing:
		s += " (not live yet)"
	}
	return s
}
