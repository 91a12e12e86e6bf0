package tines

import (
	"context"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func (k *checking) teamRules(ctx context.Context) error {
	for r := range k.changes(&teamKind) {
		if r.Action == schema.Delete {
			if err := k.teamGoes(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// teamGoes tells what goes with a team. The case groups can be asked for; stories
// and credentials are nothing that this API lists.
func (k *checking) teamGoes(ctx context.Context, r *provider.Request) error {
	if !k.settings.AllowTeamDeletion {
		k.add(problem(r, "tines/team-deletion", "", "Teams are not deleted unless that is allowed",
			fmt.Sprintf("Deleting the team %s cannot be undone and takes its stories and everything else in it along. %s", r.Addr.Key, keepTeam)))
	}
	w, err := k.team(ctx, r.Have.ID)
	switch {
	case errors.Is(err, provider.ErrNotFound): // gone meanwhile, which apply finds
		return nil
	case err != nil:
		return err
	}
	groups := "It has no case groups."
	if len(w.Groups) > 0 {
		names := make([]string, len(w.Groups))
		for i, g := range w.Groups {
			names[i] = g.Name
		}
		groups = fmt.Sprintf("It has %s: %s.", text.Count(len(names), "case group", "case groups"), text.List(names, 10))
	}
	k.add(problem(r, "tines/team-contents", "", "Deleting a team deletes what is in it",
		fmt.Sprintf("Deleting the team %s cannot be undone. %s Whether Tines refuses while there are stories or credentials in it is not documented, "+
			"so look into the team first.", r.Addr.Key, groups)).Warn())
	return nil
}
