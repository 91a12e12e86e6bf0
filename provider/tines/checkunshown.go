package tines

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// unshown refuses what an older tenant does not show of its users: nobody could see
// whether it is as the files say, which must not look like no difference, and whether a
// change of it took effect.
func (k *checking) unshown() {
	for i := range userKind.Attributes {
		a := &userKind.Attributes[i]
		if !a.Comparable() {
			continue
		}
		name := a.Name
		hidden, shown := map[string]bool{}, false // users of whom it is not shown; whether it is shown of any
		all := k.Live[userKind.Name]
		for i := range all {
			if all[i].Has(name) {
				shown = true
			} else {
				hidden[all[i].Addr.Key] = true
			}
		}
		if len(hidden) == 0 {
			continue
		}
		for r := range k.changes(&userKind) {
			switch {
			case r.Action == schema.Create:
				hidden[r.Addr.Key] = !shown
			case r.Action == schema.Rename:
				hidden[r.Addr.Key] = !r.Have.Has(name)
			}
		}
		k.unshownInFiles(name, hidden)
		if name == "active" {
			k.unshownLeavers(hidden)
		}
	}
}

// unshownInFiles refuses files that set the attribute of users of whom it is not shown.
func (k *checking) unshownInFiles(name string, hidden map[string]bool) {
	var first *schema.Object
	var who []string
	for i := range k.Desired {
		if o := &k.Desired[i]; o.Kind == &userKind && o.Has(name) && hidden[o.Addr.Key] {
			if first == nil {
				first = o
			}
			who = append(who, o.Addr.Key)
		}
	}
	if first == nil {
		return
	}
	k.add(first.Problem("tines/unshown-attribute", name, "This tenant does not show "+name+" of its users",
		fmt.Sprintf("Older self-hosted versions of Tines leave %s out of their answers, so rolecall can neither compare nor confirm it. The files set it for %s. "+
			"Take it out of the files and change it in Tines, or update Tines.", name, text.List(who, 5))))
}

// unshownLeavers refuses to deactivate users of whom nobody could see it afterwards.
func (k *checking) unshownLeavers(hidden map[string]bool) {
	first, who := k.losers(func(r *provider.Request) bool { return r.Action == schema.Deactivate && hidden[r.Addr.Key] })
	if first == nil {
		return
	}
	k.add(problem(first, "tines/unshown-attribute", "active", "This tenant does not show active of its users",
		fmt.Sprintf("Older self-hosted versions of Tines leave active out of their answers, so rolecall could not confirm that %s can no longer sign in. "+
			"Deactivate %s in Tines, and take the removed block out or add the address to ignore in the manage block; or update Tines.",
			text.List(who, 5), oneOf(len(who), "that person", "these people"))))
}
