package uberall

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

const locationsDoc = "Locations by identifier, by name, or by id as \"#11\". Where several accounts have the identifier, write ACCOUNT/IDENTIFIER. "

// isLocationID reports whether a text is an id as locationID writes them.
var isLocationID = regexp.MustCompile(`^#[1-9][0-9]{0,17}$`).MatchString

// locationText is the rule for a member of locations.
func locationText(s string) error {
	if s == "" {
		return fmt.Errorf("has an empty entry; remove it, or write the identifier or name of a location")
	}
	return nil
}

// locations reads every location once, with the few fields that tell which is which.
func (c *client) locations(ctx context.Context) ([]wireLocation, error) {
	return c.allLocations.Value(func() ([]wireLocation, error) {
		return rest.Collection[wireLocation]{
			Client: c.rest, Op: "list locations", Path: "/locations", Query: fieldMask("id", "identifier", "name", "businessId"), Items: "response.locations",
			Pages: pages, ID: func(w *wireLocation) string { return w.ID.text() },
		}.Slice(ctx)
	})
}

// Resolve writes profiles into the users that refer to them, names of locations and
// accounts as the ids and keys that they mean, and finds users by their identifiers.
func (c *client) Resolve(ctx context.Context, desired []schema.Object) (out provider.Resolved, err error) {
	profiles := map[string]*schema.Object{}
	for i := range desired {
		if desired[i].Kind == &profileKind {
			profiles[desired[i].Addr.Key] = &desired[i]
		}
	}
	people := false
	for i := range desired {
		if u, is := desired[i].Body.(*User); is {
			people = true
			if u.Profile != "" {
				out.Findings = append(out.Findings, applyProfile(&desired[i], profiles)...)
			}
		}
	}
	if people {
		found, err := c.resolveUsers(ctx, desired)
		if err != nil {
			return out, err
		}
		out.Findings = append(out.Findings, found...)
	}
	if err := c.resolveMembers(ctx, desired); err != nil {
		return out, err
	}
	names, err := c.placeNames(ctx, desired)
	if err != nil {
		return out, err
	}
	for i := range desired {
		out.Findings = append(out.Findings, names.resolve(&desired[i])...)
	}
	out.Labels = names.labels
	return out, nil
}

// resolveOffline writes profiles into the users that refer to them. Names of accounts and locations stay
// as they are written.
func resolveOffline(desired []schema.Object) []string {
	profiles := map[string]*schema.Object{}
	for i := range desired {
		if desired[i].Kind == &profileKind {
			profiles[desired[i].Addr.Key] = &desired[i]
		}
	}
	var out []string
	for i := range desired {
		switch body := desired[i].Body.(type) {
		case *User:
			if body.Profile != "" {
				applyProfile(&desired[i], profiles) // what is wrong, validate says
			}
			if len(body.Accounts) > 0 && out == nil {
				out = []string{"Only uberall knows which locations an account has."}
			}
		}
	}
	return out
}

// Labels returns the identifiers and names of every location, and the names of accounts.
func (c *client) Labels(ctx context.Context) (map[string]string, error) {
	businesses, err := c.businesses(ctx)
	if err != nil {
		return nil, err
	}
	locations, err := c.locations(ctx)
	if err != nil {
		return nil, err
	}
	labels := make(map[string]string, len(businesses)+len(locations))
	for i := range businesses {
		if b := &businesses[i]; b.Name != b.key && b.Name != "" {
			labels[b.key] = b.Name
		}
	}
	for i := range locations {
		w := &locations[i]
		labels[locationID(w.ID)] = cmp.Or(strings.TrimSpace(w.Identifier+" "+w.Name), locationID(w.ID))
	}
	return labels, nil
}

// placeNames are what the names of locations and accounts in files mean.
type placeNames struct {
	ids      map[string][]wireID // by the name in files
	accounts map[string][]string // name of an account -> keys
	byID     map[wireID]*wireBusiness
	all      []wireLocation
	labels   map[string]string
	guesses  int // names that were suggested
}

// maxGuesses bounds the search for locations that may have been meant.
const maxGuesses = 20

// placeNames reads accounts and locations where files name some other than by id.
func (c *client) placeNames(ctx context.Context, desired []schema.Object) (*placeNames, error) {
	n := &placeNames{ids: map[string][]wireID{}, labels: map[string]string{}}
	accounts := false
	for i := range desired {
		set, _ := desired[i].Any("locations").([]string)
		for _, name := range set {
			if !isLocationID(name) {
				n.ids[schema.NFC(name)] = nil
			}
		}
		u, is := desired[i].Body.(*User)
		accounts = accounts || is && len(u.Accounts) > 0
	}
	if len(n.ids) == 0 && !accounts {
		return n, nil
	}
	businesses, err := c.businesses(ctx)
	if err != nil {
		return nil, err
	}
	n.accounts, n.byID = accountsByName(businesses), accountsByID(businesses)
	for i := range businesses {
		b := &businesses[i]
		if b.Name != b.key && b.Name != "" {
			n.labels[b.key] = b.Name
		}
	}
	if len(n.ids) == 0 {
		return n, nil
	}
	n.all, err = c.locations(ctx)
	n.find()
	return n, err
}

func accountsByID(all []wireBusiness) map[wireID]*wireBusiness {
	out := make(map[wireID]*wireBusiness, len(all))
	for i := range all {
		out[all[i].ID] = &all[i]
	}
	return out
}

// find notes the ids that the names in files mean: an identifier, alone or with the account,
// comes before a name.
func (n *placeNames) find() {
	note := func(name string, id wireID) {
		if ids, wanted := n.ids[name]; wanted {
			n.ids[name] = append(ids, id)
		}
	}
	slashes := false
	for name := range n.ids {
		slashes = slashes || strings.Contains(name, "/")
	}
	for i := range n.all {
		w := &n.all[i]
		for _, text := range n.spellings(w, slashes) {
			note(text, w.ID)
		}
		n.labels[locationID(w.ID)] = strings.TrimSpace(w.Identifier + " " + w.Name)
	}
	named := map[string]bool{}
	for name, ids := range n.ids {
		named[name] = len(ids) == 0
	}
	for i := range n.all {
		if name := schema.NFC(n.all[i].Name); named[name] {
			note(name, n.all[i].ID)
		}
	}
}

// spellings returns the identifier of a location, if it has one, and if wanted also with the account:
// by its key first, and by its name if that is another.
func (n *placeNames) spellings(w *wireLocation, withAccount bool) []string {
	id := schema.NFC(w.Identifier)
	if id == "" {
		return nil
	}
	out := []string{id}
	if b := n.byID[w.BusinessID]; b != nil && withAccount {
		out = append(out, schema.JoinKey(b.key, id))
		if name := schema.NFC(b.Name); name != b.key {
			out = append(out, schema.JoinKey(name, id))
		}
	}
	return out
}

// distinct returns by id the shortest spelling of the identifier of each location that means no other
// location.
func (n *placeNames) distinct() map[wireID]string {
	uses := map[string]int{}
	for i := range n.all {
		for _, text := range n.spellings(&n.all[i], true) {
			uses[text]++
		}
	}
	out := map[wireID]string{}
	for i := range n.all {
		for _, text := range n.spellings(&n.all[i], true) {
			if uses[text] == 1 && !isLocationID(text) {
				out[n.all[i].ID] = text
				break
			}
		}
	}
	return out
}

// meant suggests a location for a name that means none.
func (n *placeNames) meant(name string) string {
	if n.guesses++; n.guesses > maxGuesses {
		return ""
	}
	known := make([]string, 0, 2*len(n.all))
	for i := range n.all {
		known = append(known, n.all[i].Identifier, n.all[i].Name)
	}
	return schema.DidYouMean(name, known)
}

// choices lists locations by texts of which each means one of them.
func (n *placeNames) choices(ids []wireID) string {
	if n.guesses++; n.guesses > maxGuesses {
		return text.List(locationIDs(slices.Clone(ids)), 5)
	}
	distinct := n.distinct()
	var out []string
	for i := range n.all {
		if w := &n.all[i]; slices.Contains(ids, w.ID) {
			out = append(out, fmt.Sprintf("%q (%s)", cmp.Or(distinct[w.ID], locationID(w.ID)), w.Name))
		}
	}
	return text.List(out, 5)
}

// resolve writes the accounts and locations of an object as keys and ids.
func (n *placeNames) resolve(o *schema.Object) (out []schema.Finding) {
	if o.Kind == &profileKind || o.Kind == &accountKind {
		return nil
	}
	if u, is := o.Body.(*User); is {
		for i, name := range u.Accounts {
			switch keys := n.accounts[name]; len(keys) {
			case 0: // the plan says that there is none
			case 1:
				u.Accounts[i] = keys[0]
			default:
				out = append(out, o.Problem("uberall/ambiguous-account", "accounts", "Several accounts are called so",
					fmt.Sprintf("%q means the accounts %s. Write one of these instead.", name, text.List(slices.Clone(keys), 5))).About(name))
			}
		}
		u.Accounts = schema.Canonical(u.Accounts)
	}
	set, _ := o.Any("locations").([]string)
	if len(set) == 0 {
		return out
	}
	ids := make([]string, 0, len(set))
	for _, name := range set {
		switch found := n.ids[schema.NFC(name)]; {
		case isLocationID(name):
			ids = append(ids, name)
		case len(found) == 1:
			ids = append(ids, locationID(found[0]))
		case len(found) == 0:
			out = append(out, o.Problem("uberall/unknown-location", "locations", "No location has this identifier or name",
				fmt.Sprintf("uberall shows this key no location with the identifier or name %q.%s Correct it, or use the key of a user who manages the location.", name, n.meant(name))).About(name))
		default:
			out = append(out, o.Problem("uberall/ambiguous-location", "locations", "Several locations have this identifier or name",
				fmt.Sprintf("%q is the identifier or name of %d locations. Write one of these instead: %s.", name, len(found), n.choices(found))).About(name))
		}
	}
	o.Kind.Attributes[o.Kind.Index("locations")].SetAny(o.Body, ids)
	return out
}
