package review

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Counts are the numbers of people of a tenant.
type Counts struct {
	Users, Others                                          int // Others stand for users whom the product does not name
	Orphans, Administrators, Privileged, Invited, Disabled int // Privileged are no administrators
	WithoutRights, Ending, NotCommitted                    int // WithoutRights are not disabled
}

// Count counts the people of a tenant.
func Count(t *Tenant) Counts {
	var c Counts
	add := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	for _, p := range t.People {
		add(&c.Users, p.User)
		add(&c.Others, !p.User)
		add(&c.Orphans, p.Orphan)
		add(&c.Administrators, p.Administrator)
		add(&c.Privileged, p.Privileged && !p.Administrator)
		add(&c.Invited, p.State == Invited)
		add(&c.Disabled, p.State == Disabled)
		add(&c.WithoutRights, len(p.Holds) == 0 && p.State != Disabled && !p.Incomplete)
		add(&c.Ending, p.Ends() != "")
		add(&c.NotCommitted, p.NotCommitted)
	}
	return c
}

// Words writes the numbers as a sentence. With partly, more people may not have been seen.
func (c Counts) Words(partly bool) string {
	s := text.Count(c.Users, "user", "users")
	if partly {
		s = "At least " + s
	}
	if c.Others > 0 {
		s += " and " + text.Count(c.Others, "group of users whom the product does not name", "groups of users whom the product does not name")
	}
	var parts []string
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{c.Administrators, "administrator", "administrators"},
		{c.Privileged, "with privileged rights", "with privileged rights"},
		{c.Invited, "invited", "invited"},
		{c.Disabled, "disabled", "disabled"},
		{c.WithoutRights, "without rights", "without rights"},
		{c.Orphans, "whom no file declares", "whom no file declares"},
		{c.Ending, "with access that ends", "with access that ends"},
		{c.NotCommitted, "declared in a line that is not committed", "declared in lines that are not committed"},
	} {
		if x.n > 0 {
			parts = append(parts, text.Count(x.n, x.one, x.many))
		}
	}
	if len(parts) == 0 {
		return s + "."
	}
	return s + ": " + text.And(parts) + "."
}

// Ends returns the first day from which on access of the person counts as removed; "" if all of it is standing.
func (p *Person) Ends() string {
	first := p.Until
	for i := range p.Holds {
		if day := p.Holds[i].Until; day != "" && (first == "" || day < first) {
			first = day
		}
	}
	return first
}

// Words says since when what changed, as a heading.
func (s *Since) Words() string {
	n := map[What]int{}
	for i := range s.Changes {
		n[s.Changes[i].What]++
	}
	out := "Since " + Day(s.At) + ": "
	if len(s.Changes) == 0 {
		out += "nothing changed"
	} else {
		out += fmt.Sprintf("%s added, %s removed, %s changed", text.Number(n[Added]), text.Number(n[Removed]), text.Number(n[Changed]))
	}
	if !s.Complete {
		out += " (not certain, because not everything could be read)"
	}
	if s.NotIdentified {
		out += " (not certain, because the files do not say whether the tenant is the same)"
	}
	return out
}

// Words says that the earlier review had the tenant.
func (m *Missing) Words() string {
	name := m.Provider
	if m.Tenant != "" {
		name += ", tenant " + m.Tenant
	}
	return fmt.Sprintf("The earlier review also has %s, with %s. This one does not, so what changed there is not known.", name, text.Count(m.People, "person", "people"))
}
