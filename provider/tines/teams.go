package tines

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// teams are the calls for teams.
type teams struct{ *client }

const teamsPath = "/teams"

// allTeams reads the teams at the top level, once: no personal teams and no case
// groups, which share the space of ids.
func (c *client) allTeams(ctx context.Context) ([]wireTeam, error) {
	return c.teams.Take(func() ([]wireTeam, error) {
		return all(ctx, c, listing[wireTeam]{
			op: "list teams", path: teamsPath, rows: "teams", query: url.Values{"scope": {"standard"}},
			id: func(t *wireTeam) string { return string(t.ID) }, known: (*wireTeam).known,
		})
	})
}

func (t teams) list(ctx context.Context, yield func(schema.Object, error) bool) {
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
	return t.object(&teamKind, string(w.ID), &Team{Name: w.Name}, teamLive)
}

func (t teams) read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var w wireTeam
	call := rest.Call{
		Op: "read team", Path: teamsPath + "/" + url.PathEscape(o.ID),
		Check: func() error { return cmp.Or(w.known(), about("team", o.ID, w.ID)) },
	}
	if err := t.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, t.missing(ctx, err, teamsPath)
	}
	return t.live(&w), nil
}

func (t teams) find(ctx context.Context, want schema.Object) (schema.Object, error) {
	t.teams.Drop()
	all, err := t.allTeams(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	for i := range all {
		if all[i].Name == want.Addr.Key {
			return t.live(&all[i]), nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (t teams) create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer t.teams.Drop()
	call := rest.Call{Op: "create team", Method: http.MethodPost, Path: teamsPath, Body: map[string]any{"name": q.Want.Body.(*Team).Name}}
	if err := t.rest.Do(ctx, call, nil); err != nil {
		return schema.Object{}, hidden(err)
	}
	q.Written()
	return t.find(ctx, *q.Want)
}

func (t teams) update(ctx context.Context, q provider.Request) error {
	defer t.teams.Drop()
	call := rest.Call{
		Op: "rename team", Method: http.MethodPut, Path: teamsPath + "/" + url.PathEscape(q.Have.ID),
		Body: map[string]any{"name": q.Want.Body.(*Team).Name}, Again: true,
	}
	return t.missing(ctx, t.rest.Do(ctx, call, nil), teamsPath)
}

func (t teams) remove(ctx context.Context, have schema.Object) error {
	defer t.teams.Drop()
	call := rest.Call{Op: "delete team", Method: http.MethodDelete, Path: teamsPath + "/" + url.PathEscape(have.ID), Again: true}
	return t.missing(ctx, t.rest.Do(ctx, call, nil), teamsPath)
}

func (t teams) price(q provider.Request) cost {
	if q.Action == schema.Rename || q.Action == schema.Update {
		return cost{general: 3}
	}
	return cost{general: 2}
}
