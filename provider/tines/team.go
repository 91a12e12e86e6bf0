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

// A Team owns stories, credentials and cases, and has members.
type Team struct {
	Name    string
	Members map[string]string // only in files: key of a role by e-mail address; become memberships
}

var teamKind = schema.Kind{
	Name: "team",
	Doc: "A team owns stories, credentials and cases, and has members. rolecall never changes personal teams and the case groups inside a team. " +
		"Deleting a team cannot be undone and deletes everything in it, so it needs allow_team_deletion in the provider block. " +
		"A team that is removed from the files stays in Tines.",
	Removals:  []schema.Action{schema.Forget, schema.Delete},
	Recreated: "Stories, credentials and cases that were in them do not come back.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the team. To rename the team in place, write the old name in previously. The SCIM mapping of an identity provider follows.",
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

// allTeams reads the teams at the top level, once: no personal teams and no case groups. The
// ids of case groups are from the same sequence, and Tines deletes a case group as a team.
func (c *client) allTeams(ctx context.Context) ([]wireTeam, error) {
	return c.teams.Value(func() ([]wireTeam, error) {
		teams, err := list(ctx, c, rest.Collection[wireTeam]{
			Op: "list teams", Path: teamsPath, Items: "teams", Query: url.Values{"scope": {"standard"}},
			ID: func(t *wireTeam) string { return string(t.ID) }, Validate: (*wireTeam).validate,
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
	crud.Yield(all, err, t.live, yield)
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
		Validate: func() error { return cmp.Or(w.validate(), rest.RequireID("team", id, string(w.ID))) },
	}
	if err := c.rest.Do(ctx, call, &w); err != nil {
		return nil, c.goneOrDenied(ctx, err, teamsPath)
	}
	return &w, nil
}

func (t teams) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	t.teams.Clear()
	return crud.FindListed(ctx, t.List, want)
}

func (t teams) Create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer t.teams.Clear()
	id, err := t.create(ctx, "create team", teamsPath, map[string]any{"name": q.Want.Body.(*Team).Name})
	if err != nil {
		return schema.Object{}, err
	}
	if id != "" {
		t.topLevelTeams.add(wireID(id))
	}
	return crud.ReadBack(ctx, t, q, id)
}

func (t teams) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	if err := t.topLevel(ctx, q.Have); err != nil {
		return schema.Object{}, err
	}
	defer t.teams.Clear()
	from, to := q.Have.Body.(*Team).Name, q.Want.Body.(*Team).Name
	call := rest.Call{Op: "rename team", Method: http.MethodPut, Path: teamPath(q.Have.ID), Body: map[string]any{"name": to}, Idempotent: true}
	undo, err := t.followRename(ctx, from, to)
	if err != nil {
		return schema.Object{}, err
	}
	if err := t.rest.Do(ctx, call, nil); err != nil {
		if refused(err) {
			if undoErr := undo(); undoErr != nil {
				err = errors.Join(err, undoErr)
			}
		}
		return schema.Object{}, t.goneOrDenied(ctx, err, teamsPath)
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
	defer t.users.Clear() // their memberships are deleted too
	return t.write(ctx, teamsPath, rest.Call{Op: "delete team", Method: http.MethodDelete, Path: teamPath(have.ID)})
}

// Remaining reads the list: a 404 for one team may also mean that the key lacks the right.
func (t teams) Remaining(ctx context.Context, q provider.Request, _ error) (schema.Object, error) {
	return crud.Listed(ctx, t, q.Have)
}

const keepTeam = "To delete teams with everything in them, set allow_team_deletion = true in the provider block and plan again."

// notRemoved says that teams are not deleted without the setting.
func notRemoved(k *schema.Kind, settings *schema.Object) string {
	if s, ok := settings.Body.(*Settings); k != &teamKind || !ok || s.AllowTeamDeletion {
		return ""
	}
	return "Deleting a team cannot be undone and deletes everything in it, so it needs allow_team_deletion = true in the provider block. " +
		"To end access to the team, let its members expire."
}

// topLevel returns an error unless a list of teams has shown the id, because other ids may be
// those of case groups. An old list is enough: Tines does not use an id twice.
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
		Hint: "rolecall never changes case groups. Plan again.",
	}
}

// An idSet is a set of ids, safe for concurrent use.
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

// Estimate counts the SCIM mapping, too: a rename reads it and, if it names the team, writes it
// and reads it again.
func (t teams) Estimate(q provider.Request) crud.Requests {
	n := requestsPerWrite
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
			if err := k.teamDeletion(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// teamDeletion warns of what is deleted with a team. Only its case groups can be read; no call
// that rolecall uses lists stories and credentials.
func (k *checking) teamDeletion(ctx context.Context, r *provider.Request) error {
	if !k.settings.AllowTeamDeletion {
		k.add(problem(r, "tines/team-deletion", "", "Deleting teams is not allowed",
			fmt.Sprintf("Deleting the team %s cannot be undone and deletes its stories and everything else in it. %s", r.Addr.Key, keepTeam)))
	}
	w, err := k.team(ctx, r.Have.ID)
	switch {
	case errors.Is(err, provider.ErrNotFound): // deleted meanwhile; apply finds out
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
	k.add(problem(r, "tines/team-contents", "", "Deleting a team deletes everything in it",
		fmt.Sprintf("Deleting the team %s cannot be undone. %s Tines does not document whether it refuses while the team has stories or credentials, "+
			"so check the team first.", r.Addr.Key, groups)).Warn())
	return nil
}
