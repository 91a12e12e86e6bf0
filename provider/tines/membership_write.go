package tines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An invitation puts a user into a team.
type invitation struct {
	team  wireID
	user  string // id, where the user is known; then the invitation makes no new user
	email string
	role  string   // key
	forms []string // what the call may want the role to be called; see roleForms
}

func (m memberships) invitation(ctx context.Context, team wireID, user string, w *Membership) (invitation, error) {
	id, err := m.roleID(ctx, w.Role)
	return invitation{team: team, user: user, email: w.User, role: w.Role, forms: roleForms(w.Role, id)}, err
}

// roleID gives the id of a role, or "" where there is no such role.
func (c *client) roleID(ctx context.Context, name string) (string, error) {
	id, known := c.Index.ID(roleKind.Name, name)
	if known {
		return id, nil
	}
	_, err := c.roleNames(ctx)
	id, _ = c.Index.ID(roleKind.Name, name)
	return id, err
}

// formKnown reports whether it is known how to name the role, so that one invitation is
// enough.
func (m memberships) formKnown(v invitation) bool { return len(v.forms) == 1 || m.roleForm.Known() }

// invite sends an invitation and then calls read for the membership. Where it is not known
// how to name the role, the next form is tried while Tines refuses the invitation or
// takes it and gives another role. err says that no invitation was accepted; otherwise got
// and looked are what read returned last.
func (m memberships) invite(ctx context.Context, v invitation, read func() (schema.Object, error)) (got schema.Object, looked, err error) {
	send := func(way int) (next bool, err error) {
		if err := m.sendInvitation(ctx, v, v.forms[way]); err != nil {
			return refused(err), err
		}
		if got, looked = read(); looked != nil {
			return false, looked
		}
		return got.Body.(*Membership).Role != v.role, nil
	}
	if len(v.forms) == 1 {
		_, err = send(0)
	} else {
		err = m.roleForm.Try(len(v.forms), send)
	}
	if looked != nil {
		err = nil
	}
	return got, looked, err
}

func (m memberships) sendInvitation(ctx context.Context, v invitation, role string) error {
	body := map[string]any{"role": role}
	if v.user != "" {
		body["user_id"] = json.Number(v.user)
	} else {
		body["email"] = v.email
	}
	defer m.users.Clear()
	call := rest.Call{Op: "invite team member", Method: http.MethodPost, Path: memberCall(v.team, "invite_member"), Body: body}
	return hidden(m.rest.Do(ctx, call, nil))
}

func memberCall(team wireID, call string) string {
	return teamsPath + "/" + url.PathEscape(string(team)) + "/" + call
}

// refused reports whether Tines understood who asks and did not want to do it.
func refused(err error) bool {
	switch provider.Status(err) {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// Create invites the user, and makes sure that the member is there with the role.
func (m memberships) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	w := r.Want.Body.(*Membership)
	team, err := m.teamID(ctx, w.Team)
	if err != nil {
		return schema.Object{}, fmt.Errorf("looking for the team %q: %w", w.Team, err)
	}
	user, _ := m.Index.ID(userKind.Name, w.User)
	v, err := m.invitation(ctx, team, user, w)
	if err != nil {
		return schema.Object{}, err
	}
	got, looked, err := m.invite(ctx, v, func() (schema.Object, error) {
		switch known := m.formKnown(v); {
		case known && r.Unread && !m.roster.owner(w.User): // an owner may be in the team by right
			return schema.Object{}, provider.ErrUnread
		case known:
			r.Accepted()
		}
		return m.Find(ctx, *r.Want)
	})
	switch {
	case err != nil:
		return schema.Object{}, err
	case errors.Is(looked, provider.ErrUnread):
		return membershipWithID(team, user), looked
	}
	return joined(v, got, looked)
}

// membershipWithID is the id alone of a membership; it has none where the user's is not known.
func membershipWithID(team wireID, user string) schema.Object {
	if user == "" {
		return schema.Object{}
	}
	return schema.Object{ID: string(team) + "/" + user}
}

// joined holds a new membership, as it was read back, against the invitation.
func joined(v invitation, got schema.Object, err error) (schema.Object, error) {
	const op = "invite team member"
	switch {
	case errors.Is(err, errByRight):
		return schema.Object{}, undone(op, v.team, v.email+" is a tenant owner, who is in the team by right, and has no membership there after the invitation",
			"A tenant owner can do everything in every team. Take this membership out of the files.", nil)
	case absent(err):
		return schema.Object{}, undone(op, v.team, fmt.Sprintf("Tines accepted the invitation, and %s is not in the list of members", v.email),
			"Look on the team's page in Tines whether the invitation is held back, for example because an identity provider manages members, then plan again.", nil)
	case err != nil:
		return schema.Object{}, fmt.Errorf("the invitation was sent, and reading it back failed: %w", err)
	}
	if role := got.Body.(*Membership).Role; role != v.role {
		return schema.Object{}, undone(op, v.team, fmt.Sprintf("%s is in the team now, with the role %s instead of %s", v.email, role, v.role),
			"Plan again: the next plan shows it as a change of the role.", nil)
	}
	return got, nil
}

// undone is an error after a call that Tines answered well and that did not do what
// it should.
func undone(op string, team wireID, reason, hint string, err error) error {
	return &provider.Error{
		Op: op, Method: http.MethodPost, URL: memberCall(team, "invite_member"), Status: http.StatusOK, Reason: reason, Hint: hint, Err: err,
	}
}

// Update gives a member another role. Tines documents no call for it. An invitation
// with the new role comes first, and is enough where Tines takes it as a change.
// Otherwise the member can leave and come back, if the files allow it.
func (m memberships) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	have, want := *r.Have, r.Want.Body.(*Membership)
	v, err := m.invitation(ctx, teamOf(have), userOf(have), want)
	if err != nil {
		return schema.Object{}, err
	}
	got, looked, why := m.invite(ctx, v, func() (schema.Object, error) {
		if m.formKnown(v) && !m.settings.AllowRejoin {
			r.Accepted()
		}
		return m.Read(ctx, have)
	})
	switch {
	case why != nil && (!refused(why) || errors.Is(why, provider.ErrCredentials)):
		return schema.Object{}, why
	case why != nil:
		got = have
	case looked != nil:
		return schema.Object{}, fmt.Errorf("the invitation with the new role was sent, and reading it back failed: %w", looked)
	case got.Body.(*Membership).Role == want.Role:
		return got, nil
	}
	if !m.settings.AllowRejoin {
		return schema.Object{}, unchanged(v, got, why)
	}
	return m.rejoin(ctx, v, got, *r.Want)
}

// unchanged tells that the role stayed as it was.
func unchanged(v invitation, got schema.Object, why error) error {
	e := &provider.Error{
		Op: "change role of team member", Method: http.MethodPost, URL: memberCall(v.team, "invite_member"), Status: http.StatusOK, Err: why,
		Reason: fmt.Sprintf("the role of %s stays %s, because Tines does not change it by an invitation", v.email, got.Body.(*Membership).Role),
		Hint: "Change the role on the team's page in Tines, or set allow_rejoin = true in the provider block: then the member is removed and invited again, " +
			"and has no access to the team in between.",
	}
	var refusal *provider.Error
	if errors.As(why, &refusal) {
		e.Status = refusal.Status
		e.Hint += " " + peopleHint
		if refusal.Reason != "" {
			e.Reason = refusal.Reason + "; " + e.Reason
		}
	}
	return e
}

// rejoin removes a member and invites it with the new role: one member at a time, because
// Tines keeps the last member of a team. Once the member is out it goes on to the end even
// where the run is cancelled. Should the process end in between, the next plan adds the
// member again, because a file declares it.
func (m memberships) rejoin(ctx context.Context, v invitation, was, want schema.Object) (schema.Object, error) {
	m.rejoining.Lock()
	defer m.rejoining.Unlock()
	const op = "change role of team member"
	oldRole := was.Body.(*Membership).Role
	ctx = context.WithoutCancel(ctx)
	if err := m.expel(ctx, was); err != nil {
		if !errors.Is(err, provider.ErrAmbiguous) {
			return schema.Object{}, fmt.Errorf("the member could not be removed to be invited again, and keeps the role %s: %w", oldRole, err)
		}
		if _, now := m.Read(ctx, was); !absent(now) {
			return schema.Object{}, err
		}
	}
	now, looked, err := m.inviteBack(ctx, v, want)
	switch {
	case looked == nil && now.Body.(*Membership).Role == v.role:
		return now, nil
	case looked == nil:
		return schema.Object{}, undone(op, v.team,
			fmt.Sprintf("%s was removed and invited again, and has the role %s instead of %s", v.email, now.Body.(*Membership).Role, v.role),
			"Change the role on the team's page in Tines.", err)
	case err == nil && !absent(looked):
		return schema.Object{}, fmt.Errorf("the member was removed and invited again with the new role, and reading it back failed: %w", looked)
	}
	old, back := m.invitation(ctx, v.team, v.user, was.Body.(*Membership))
	if back == nil {
		_, looked, back = m.inviteBack(ctx, old, want)
	}
	if looked == nil {
		return schema.Object{}, undone(op, v.team,
			fmt.Sprintf("%s was removed, could not be invited with the role %s, and is in the team again with the role %s", v.email, v.role, oldRole),
			"Look at what Tines says, correct it, and plan again.", errors.Join(err, back))
	}
	both := errors.Join(err, back)
	reason := "Tines gave no reason"
	if both != nil {
		reason = both.Error()
	}
	return schema.Object{}, undone(op, v.team,
		fmt.Sprintf("%s IS OUT OF THE TEAM: it was removed, and neither the invitation with the role %s nor the one with the former role %s brought it back (%s)",
			v.email, v.role, oldRole, reason),
		"Plan and apply again, which invites the member once more, or invite the member on the team's page in Tines.", both)
}

// inviteBack invites a user who was just removed, and looks for the membership also where
// the invitation failed: Tines may have taken it all the same.
func (m memberships) inviteBack(ctx context.Context, v invitation, want schema.Object) (got schema.Object, looked, err error) {
	find := func() (schema.Object, error) { return m.Find(ctx, want) }
	if got, looked, err = m.invite(ctx, v, find); err != nil {
		got, looked = find()
	}
	return got, looked, err
}

// Remove takes a member out. Where Tines refuses, it is looked whether the member
// is there at all: a 404 may mean that, or that the key lacks the right.
func (m memberships) Remove(ctx context.Context, r provider.Request) error {
	err := m.expel(ctx, *r.Have)
	if err == nil || !refused(err) {
		return err
	}
	if _, looked := m.Read(ctx, *r.Have); absent(looked) {
		return nil
	} else if looked != nil {
		return looked
	}
	return err
}

// expel sends the removal. It states what shall be, but a second one is refused,
// so it is not repeated where no answer came.
func (m memberships) expel(ctx context.Context, have schema.Object) error {
	defer m.users.Clear()
	call := rest.Call{
		Op: "remove team member", Method: http.MethodPost, Path: memberCall(teamOf(have), "remove_member"),
		Body: map[string]any{"user_id": json.Number(userOf(have))},
	}
	err := hidden(m.rest.Do(ctx, call, nil))
	if refusal := (*provider.Error)(nil); refused(err) && errors.As(err, &refusal) && !errors.Is(err, provider.ErrCredentials) {
		refusal.Hint = "Tines keeps the last member of a team. Where this is the last one, add another member first. " + refusal.Hint
	}
	return err
}

// userOf is the id of the member in the id of a membership.
func userOf(o schema.Object) string {
	_, user, _ := strings.Cut(o.ID, "/")
	return user
}

func teamOf(o schema.Object) wireID {
	team, _, _ := strings.Cut(o.ID, "/")
	return wireID(team)
}

// Estimate counts the reads before and after, and what may have to be tried.
func (m memberships) Estimate(r provider.Request) crud.Requests {
	o := r.Want
	if o == nil {
		o = r.Have
	}
	w := o.Body.(*Membership)
	pages, owner := m.roster.pages(w.Team), 0
	if m.roster.owner(w.User) {
		owner = 1
	}
	n := crud.Requests{"": 1 + 2*pages, usersClass: 2 * owner}
	if r.Action == schema.Delete {
		return n
	}
	n[""] += m.roleForm.Extra(r.Addr, 1+pages)
	if r.Action != schema.Create && m.settings.AllowRejoin {
		n[""] += 2 + 2*pages
		n[usersClass] += 2 * owner
	}
	return n
}
