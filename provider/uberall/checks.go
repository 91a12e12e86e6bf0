package uberall

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A checking collects the findings of one plan.
type checking struct {
	*client
	provider.View
	findings []schema.Finding
	created  []*schema.Object // users
	invited  []string
	desired  map[schema.Address]*schema.Object
}

// Check checks what depends on the live organization: users of groups, seats, white labels and
// invitations.
func (c *client) Check(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	k := &checking{client: c, View: v, desired: map[schema.Address]*schema.Object{}}
	for i := range v.Desired {
		k.desired[v.Desired[i].Addr] = &v.Desired[i]
	}
	groups := false
	for i := range v.Changes {
		r := &v.Changes[i]
		if r.Addr.Kind == groupKind.Name {
			groups = true
			k.ownGroups(r)
		}
		if r.Want != nil && r.Addr.Kind == userKind.Name {
			k.user(r)
		}
	}
	if groups {
		if err := k.members(ctx); err != nil {
			return nil, err
		}
	}
	k.newUsers()
	if len(k.created) > 0 {
		if err := k.hiddenAddresses(ctx); err != nil {
			return nil, err
		}
	}
	if err := k.whiteLabels(ctx); err != nil {
		return nil, err
	}
	if groups && c.signedIn != c.rest { // so that a refusal comes before anything is written
		return k.findings, c.login.SignIn(ctx)
	}
	return k.findings, nil
}

func (k *checking) add(f schema.Finding) { k.findings = append(k.findings, f) }

// user checks one new or changed user.
func (k *checking) user(r *provider.Request) {
	w, before := r.Want.Body.(*User), &User{}
	if r.Have != nil {
		before = r.Have.Body.(*User)
	}
	if r.Have == nil {
		k.created = append(k.created, r.Want)
		k.newUser(r.Want, w)
	}
	if w.Role == accountManager && before.Role != accountManager && len(w.Accounts) == 1 {
		k.add(r.Want.Problem("uberall/role-name", "role", "ACCOUNT_MANAGER is the multi-account manager",
			`The app calls ACCOUNT_MANAGER "Multi-account manager", who can add accounts; this one has a single account. If the app's "Account manager" is meant, write "BUSINESS_MANAGER".`).Warn())
	}
	if w.Status == invited && before.Status != invited {
		k.invited = append(k.invited, w.Email)
	}
	if o := k.desired[r.Want.Addr]; o != nil && r.Have != nil && !o.Has("role") { // held against the live role
		k.findings = append(k.findings, lintScope(o, w.Role)...)
	}
	if slices.Contains(w.Features, profileEdit) && !slices.Contains(before.Features, profileEdit) && len(w.Fields) == 0 {
		k.add(r.Want.Problem("uberall/fields-missing", "fields", "Fields are missing for "+profileEdit,
			"uberall does not document whether a user with "+profileEdit+" and without fields can edit no field or every field. Set fields to those that the user may edit."))
	}
	for i, now := range w.parts() {
		switch main := slices.Contains(w.Features, now.main); {
		case slices.Equal(now.set, before.parts()[i].set):
		case len(now.set) > 0 && !main:
			k.add(mainRight(r.Want, now))
		case len(now.set) == 0 && main && r.Have != nil:
			k.add(emptyParts(r.Want, now))
		}
	}
}

// members finds users of location groups whom uberall does not show and this plan does not
// create.
func (k *checking) members(ctx context.Context) error {
	all, err := k.everyone(ctx)
	known := map[string]bool{}
	for i := range all {
		known[schema.FoldName(k.address(&all[i], ""))] = true
	}
	for i := range k.Changes { // new users, and those who get another address
		known[k.Changes[i].Addr.Key] = true
	}
	guesses := 0
	suggest := func(key string) string {
		if guesses++; guesses > maxGuesses {
			return ""
		}
		return schema.DidYouMean(key, slices.Sorted(maps.Keys(known)))
	}
	for i := range k.Changes {
		r := &k.Changes[i]
		if r.Want == nil || r.Addr.Kind != groupKind.Name {
			continue
		}
		if r.Have == nil || r.Changed&groupKind.Mask("users") != 0 {
			for _, key := range r.Want.Body.(*Group).Users {
				if !known[key] && !isLocationID(key) {
					k.add(r.Want.Problem("uberall/unknown-user", "users", "Reference to an unknown user",
						fmt.Sprintf("No file declares the user %q, and uberall does not show this key such a user.%s Correct the address, or declare the user.", key, suggest(key))).About(key))
				}
			}
		}
	}
	return err
}

// ownGroups refuses to change in which groups the user of the key is, or as whom rolecall
// signs in.
func (k *checking) ownGroups(r *provider.Request) {
	var have, want []string
	if r.Have != nil {
		have = r.Have.Body.(*Group).Users
	}
	if r.Want != nil {
		want = r.Want.Body.(*Group).Users
	}
	own, _ := k.Index.Key(userKind.Name, k.own.text())
	for _, key := range schema.Canonical([]string{own, k.identity.Self.Key}) {
		if key == "" || slices.Contains(have, key) == slices.Contains(want, key) {
			continue
		}
		k.add(cmp.Or(r.Want, r.Have).Problem("uberall/own-user", "users", "The user of the key would join or leave a group",
			fmt.Sprintf("%s is the user of the key, or as whom rolecall signs in, and is never changed. Leave the user in the location group or out of it, as it is in uberall, "+
				"or make this change in the app.", key)).About(key))
	}
}

// newUser checks that a new user has all that uberall asks for, and something to manage.
func (k *checking) newUser(o *schema.Object, w *User) {
	var missing []string
	for _, a := range []struct {
		name    string
		missing bool
	}{
		{"first_name", w.FirstName == ""}, {"last_name", w.LastName == ""}, {"role", w.Role == ""}, {"features", !o.Has("features")},
	} {
		if a.missing {
			missing = append(missing, a.name)
		}
	}
	if len(missing) > 0 {
		k.add(o.Problem("uberall/new-user", missing[0], "A new user needs "+text.And(missing),
			fmt.Sprintf("uberall shows this key no user %s, so the plan would create one. A new user needs first_name, last_name, role and features; "+
				"a profile can set the last two. Set %s, or correct the address.", w.Email, text.And(missing))))
	}
	if roleOf(w.Role).scope == byAccounts && len(w.Accounts) == 0 {
		k.add(o.Problem("uberall/no-accounts", "role", "A new "+w.Role+" has no accounts",
			fmt.Sprintf("Without accounts, %s manages only the locations of location groups. List the accounts in accounts; ignore this warning if that is what you want.", w.Email)).Warn())
	}
}

// newUsers counts seats and e-mails.
func (k *checking) newUsers() {
	if n := len(k.invited); n > 0 {
		k.add(schema.Finding{
			Severity: schema.Warning, Code: "uberall/invitations", Addr: schema.Address{Provider: k.Tenant},
			Summary: fmt.Sprintf("uberall will send %s", text.Count(n, "e-mail", "e-mails")),
			Detail:  fmt.Sprintf("Users with status INVITED get an invitation as soon as they are written: %s.", text.List(k.invited, 5)),
		})
	}
	if len(k.created) == 0 {
		return
	}
	first, n := k.created[0], len(k.created)
	if k.forceSSO {
		k.add(first.Problem("uberall/force-sso-create", "", "Users cannot be created",
			fmt.Sprintf("The sales partner forces single sign-on (forceSso), so only the identity provider creates users. The plan would create %s. Create them there.",
				text.Count(n, "user", "users"))))
	}
	if k.seats != nil && n > *k.seats {
		k.add(first.Problem("uberall/seats", "", "Not enough seats",
			fmt.Sprintf("The plan creates %s, and the sales partner has %s left. Remove users, or ask uberall for more.",
				text.Count(n, "user", "users"), text.Count(*k.seats, "seat", "seats"))))
	}
}

// whiteLabels makes sure that new users have a white label where there are several.
func (k *checking) whiteLabels(ctx context.Context) error {
	var without []string
	var first *schema.Object
	for _, o := range k.created {
		if o.Body.(*User).WhiteLabel == "" {
			without, first = append(without, o.Addr.Key), o
		}
	}
	if first == nil {
		return nil
	}
	labels, err := k.whiteLabelNames(ctx)
	if err != nil || len(labels) < 2 {
		return err
	}
	var names []string
	for _, l := range labels {
		names = append(names, fmt.Sprintf("%q", l))
	}
	k.add(first.Problem("uberall/white-label", "white_label", "A new user needs a white label",
		fmt.Sprintf("There are several white labels: %s. Set white_label to one of them for %s.", text.And(names), text.List(without, 5))))
	return nil
}

// An escalation collects the features that files give to users who are not shown to have
// them. uberall shows the key only features that it has itself, so whether a user has
// others is not known, and the key can neither give nor take them.
type escalation map[string][]*schema.Object

// note notes which features of a user in files, or of which the files give parts, are not
// among those that are shown.
func (e escalation) note(o *schema.Object, shown []string) {
	u := o.Body.(*User)
	for _, f := range u.Features {
		if !slices.Contains(shown, f) {
			e[f] = append(e[f], o)
		}
	}
	for _, of := range u.parts() {
		if len(of.set) > 0 && !slices.Contains(shown, of.main) && !slices.Contains(u.Features, of.main) {
			e[of.main] = append(e[of.main], o)
		}
	}
}

// findings lists what the key lacks, and takes it from the users who exist, so that it is not
// compared with what is not shown.
func (e escalation) findings(ctx context.Context, c *client, exists func(*schema.Object) bool) ([]schema.Finding, error) {
	if len(e) == 0 {
		return nil, nil
	}
	own, err := c.ownFeatures(ctx)
	if err != nil {
		return nil, err
	}
	var lines []string
	var first schema.Finding
	for _, f := range slices.Sorted(maps.Keys(e)) {
		if slices.Contains(own, f) {
			continue
		}
		var who []string
		for _, o := range e[f] {
			who = append(who, o.Addr.Key)
			if u := o.Body.(*User); exists(o) {
				u.Features = slices.DeleteFunc(slices.Clone(u.Features), func(s string) bool { return s == f })
				for _, of := range u.parts() {
					if of.main == f {
						o.Set &^= userKind.Mask(of.attribute)
					}
				}
			}
		}
		if lines = append(lines, fmt.Sprintf("%s (%s)", f, text.List(who, 3))); len(lines) == 1 {
			first = e[f][0].Problem("uberall/escalation", "features", "", "").About(f)
		}
	}
	if len(lines) == 0 {
		return nil, nil
	}
	first.Summary = fmt.Sprintf("The key does not have %s", text.Count(len(lines), "feature", "features"))
	first.Detail = "uberall lets users see, give and take only the features that they have themselves, and the user of the key lacks some of these. So rolecall writes nothing. " +
		"Missing features: " + strings.Join(lines, "; ") + ". Use the key of an admin who has them, or remove them from the files."
	return []schema.Finding{first}, nil
}
