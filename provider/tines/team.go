package tines

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
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

// teams are the calls for teams.
type teams struct{ *client }

const teamsPath = "/teams"

func teamPath(id string) string { return teamsPath + "/" + url.PathEscape(id) }

// allTeams reads the teams at the top level, once: no personal teams, and no case
// groups, which have ids from the same numbers and could be deleted as teams.
func (c *client) allTeams(ctx context.Context) ([]wireTeam, error) {
	return c.teams.Value(func() ([]wireTeam, error) {
		teams, err := all(ctx, c, listing[wireTeam]{
			op: "list teams", path: teamsPath, rows: "teams", query: url.Values{"scope": {"standard"}},
			id: func(t *wireTeam) string { return string(t.ID) }, known: (*wireTeam).known,
		})
		for i := range teams {
			teams[i].Name = schema.NFC(teams[i].Name)
			c.topLevelTeams.add(teams[i].ID)
		}
		return teams, err
	})
}

func (t teams) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := t.allTeams(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range all {
		if !yield(t.live(&all[i]), nil) {
			return
		}
	}
}

var teamLive = teamKind.Mask("name")

func (t teams) live(w *wireTeam) schema.Object {
	return t.Object(&teamKind, string(w.ID), &Team{Name: w.Name}, teamLive)
}

func (t teams) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	w, err := t.team(ctx, o.ID)
	if err != nil {
		return schema.Object{}, err
	}
	return t.live(w), nil
}

// team reads one team with its case groups.
func (c *client) team(ctx context.Context, id string) (*wireTeam, error) {
	var w wireTeam
	call := rest.Call{
		Op: "read team", Path: teamPath(id),
		Validate: func() error { return cmp.Or(w.known(), rest.RequireID("team", id, string(w.ID))) },
	}
	if err := c.rest.Do(ctx, call, &w); err != nil {
		return nil, c.missing(ctx, err, teamsPath)
	}
	return &w, nil
}

// Find looks a team up by its name, which several teams may have.
func (t teams) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	t.teams.Clear()
	return crud.FindListed(ctx, t.List, want)
}

func (t teams) Create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer t.teams.Clear()
	var made created
	call := rest.Call{Op: "create team", Method: http.MethodPost, Path: teamsPath, AllowEmpty: true, Body: map[string]any{"name": q.Want.Body.(*Team).Name}}
	if err := t.rest.Do(ctx, call, &made); err != nil {
		return schema.Object{}, hidden(err)
	}
	if made.ID != "" {
		t.topLevelTeams.add(made.ID)
	}
	return crud.ReadBack(ctx, t, q, string(made.ID))
}

func (t teams) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	if err := t.topLevel(ctx, q.Have); err != nil {
		return schema.Object{}, err
	}
	defer t.teams.Clear()
	from, to := q.Have.Body.(*Team).Name, q.Want.Body.(*Team).Name
	call := rest.Call{Op: "rename team", Method: http.MethodPut, Path: teamPath(q.Have.ID), Body: map[string]any{"name": to}, Idempotent: true}
	back, err := t.renaming(ctx, from, to)
	if err != nil {
		return schema.Object{}, err
	}
	if err := t.rest.Do(ctx, call, nil); err != nil {
		if refused(err) {
			if worse := back(); worse != nil {
				err = errors.Join(err, worse)
			}
		}
		return schema.Object{}, t.missing(ctx, err, teamsPath)
	}
	return crud.ReadBack(ctx, t, q, q.Have.ID)
}

func (t teams) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	if !t.settings.AllowTeamDeletion {
		return &provider.Error{Op: "delete team", Reason: "the provider block does not say allow_team_deletion = true", Hint: keepTeam}
	}
	if err := t.topLevel(ctx, have); err != nil {
		return err
	}
	defer t.teams.Clear()
	defer t.users.Clear() // whose memberships go along
	call := rest.Call{Op: "delete team", Method: http.MethodDelete, Path: teamPath(have.ID), Idempotent: true}
	return t.missing(ctx, t.rest.Do(ctx, call, nil), teamsPath)
}

// Remaining looks at the list: Tines answers a request for one team with 404 also where the
// key may not see it.
func (t teams) Remaining(ctx context.Context, q provider.Request, _ error) (schema.Object, error) {
	return crud.Listed(ctx, t, q.Have)
}

const keepTeam = "To delete teams with everything in them, set allow_team_deletion = true in the provider block and plan again."

// topLevel makes sure that an id is a team's and not a case group's before it is
// written to: a list of teams has to have shown it. An old list will do, because an
// id never becomes another thing's.
func (t teams) topLevel(ctx context.Context, have *schema.Object) error {
	if t.topLevelTeams.has(have.ID) {
		return nil
	}
	t.teams.Clear()
	if _, err := t.allTeams(ctx); err != nil || t.topLevelTeams.has(have.ID) {
		return err
	}
	return &provider.Error{
		Op: "look up team", Reason: fmt.Sprintf("the id %s of %s is not in the list of teams, so it may be a case group", have.ID, have.Addr),
		Hint: "Case groups are never touched. Plan again.",
	}
}

// An idSet is a set of ids that several goroutines use.
type idSet struct {
	mu  sync.Mutex
	ids map[wireID]bool
}

func (s *idSet) add(id wireID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[wireID]bool{}
	}
	s.ids[id] = true
}

func (s *idSet) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids[wireID(id)]
}

// Estimate counts no list of teams: planning has made it. Before a rename the mapping is
// looked at, and where it names the team, written and looked at again.
func (t teams) Estimate(q provider.Request) crud.Requests {
	n := steps
	if q.Action == schema.Rename {
		n++
		if d := t.mapping.last(); d != nil && slices.ContainsFunc(d.rows, func(r row) bool { return r.team == q.Have.Body.(*Team).Name }) {
			n += 2
		}
	}
	return crud.Requests{"": n}
}

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
