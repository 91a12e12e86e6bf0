package partoo

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func (k *checking) user(r *provider.Request, w *User) {
	if r.Have == nil {
		var missing []string
		if w.FirstName == "" {
			missing = append(missing, "first_name")
		}
		if w.LastName == "" {
			missing = append(missing, "last_name")
		}
		if len(missing) > 0 {
			k.add(r.Want.Problem("partoo/new-user-name", missing[0], "A new user needs a first and a last name",
				fmt.Sprintf("Partoo's search does not show %s, who would be created. Write %s, or correct the address. "+
					"Whether the search shows disabled users is not documented: look the user up in the Partoo app.", w.Email, text.List(missing, 2))))
		}
	}
	role := roleOf(w.Role)
	if role.reach == byAccesses && len(w.Accesses) == 0 && (r.Have == nil || r.Changed&userKind.Mask("role", "accesses") != 0) {
		f := r.Want.Problem("partoo/no-access", "accesses", "A group manager would have no access",
			"What a "+role.name+" without an access sees is not documented: it could be nothing or everything. Write at least one access.")
		if r.Have != nil && roleOf(r.Have.Body.(*User).Role).reach == byAccesses {
			f = f.Warn() // the files remove the accesses explicitly
		}
		k.add(f)
	}
	if r.Have == nil {
		return
	}
	before := r.Have.Body.(*User)
	lost := lostSections(before.Accesses, w.Accesses)
	for i, access := range w.Accesses {
		if was, widened := lost[i]; widened && roleOf(before.Role).reach == byAccesses {
			k.add(r.Want.Problem("partoo/wider-access", "accesses", "Taking groups out of an access widens it",
				fmt.Sprintf("Until now the access was %s. Without a group of one of its sections it is %s, which lets more businesses through. "+
					"To show less, remove the whole access.", accessWords(was), accessWords(access))).Warn())
		}
	}
}

// singleSignOn warns if the plan leaves no administrator who can sign in without the
// organization's single sign-on: while that fails, no administrator could repair it.
func (k *checking) singleSignOn() {
	at := userKind.Index("sso_only")
	var first *schema.Object
	for _, r := range k.Changes {
		if r.Addr.Kind != userKind.Name || first != nil {
			continue
		}
		demotes := r.Have != nil && administers(r.Have) && (r.Want == nil || !administers(r.Want))
		closes := r.Want != nil && r.Changed.Has(at) && r.Want.Body.(*User).SSOOnly && roleOf(r.Want.Body.(*User).Role).administers
		switch {
		case closes:
			first = r.Want
		case demotes:
			first = r.Have
		}
	}
	if first == nil {
		return
	}
	only := 0
	for i := range k.After[userKind.Name] {
		o := &k.After[userKind.Name][i]
		switch {
		case !administers(o) || k.deactivates(o.Addr):
		case !o.Body.(*User).SSOOnly:
			return
		default:
			only++
		}
	}
	if only == 0 {
		return
	}
	k.add(first.Problem("partoo/sso-lockout", "sso_only", "Every administrator depends on single sign-on",
		fmt.Sprintf("After this plan %s can sign in through the organization's single sign-on only. If that fails, no one can "+
			"sign in to repair it, and only Partoo can help. Keep one administrator with sso_only = false.",
			text.Count(only, "active administrator", "active administrators"))).Warn())
}

// deactivates reports whether the plan deactivates the object, which View.After still shows as
// active.
func (k *checking) deactivates(a schema.Address) bool {
	return slices.ContainsFunc(k.Changes, func(r provider.Request) bool { return r.Action == schema.Deactivate && r.Addr == a })
}
