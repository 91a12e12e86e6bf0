package access

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Unseen says in full sentences what of the live tenant could not be read, so that an answer may lack
// it, and in notes what the product never shows.
func (s *State) Unseen() (unseen, notes []string) {
	if s.Live == nil {
		return nil, nil
	}
	title := s.Tenant.Product.Title
	for _, k := range s.Tenant.Product.Kinds {
		many := text.Words(k.Many())
		if err := s.Unlisted[k.Name]; err != nil {
			unseen = append(unseen, fmt.Sprintf("The %s of %s could not be read: %s.", many, title, strings.TrimSuffix(text.Error(err), ".")))
		}
		switch {
		case s.Tenant.ListsAll(k):
		case !s.Tenant.Settings.Has(k.ListScope):
			unseen = append(unseen, fmt.Sprintf("%s lists only the %s that the key may see, and the provider block does not say with %s where it sees all of them.", title, many, k.ListScope))
		default:
			notes = append(notes, fmt.Sprintf("%s lists all %s within %s only; others are not considered.", title, many, k.ListScope))
		}
		if k.NoList && !k.Virtual {
			notes = append(notes, fmt.Sprintf("%s has no list of %s, so only those that files declare are considered.", title, many))
		}
		if k.People.Kind != "" {
			notes = append(notes, fmt.Sprintf("%s does not say which users have which %s; those of the files are named.", title, k.People.By))
		}
		for _, o := range s.Live[k.Name] {
			switch {
			case o.LastWritten:
				unseen = append(unseen, fmt.Sprintf("%s does not let %s be read, so the answer is as it was last written.", title, o.Addr))
			case o.Incomplete && (k.Grants != nil || k.Places != "" || k.Having(schema.CarriesRights) != 0):
				unseen = append(unseen, fmt.Sprintf("%s could not be read completely.", o.Addr))
			}
		}
	}
	for _, a := range s.twice {
		unseen = append(unseen, fmt.Sprintf("%s has several objects %s, of which only one is considered.", title, a))
	}
	return unseen, notes
}
