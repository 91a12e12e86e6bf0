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
	user  string // id, or "" for an address that is not a user yet
	email string
	role  string   // key
	refs  []string // references to the role to try; see roleRefs in quirks.go
}

func (m memberships) invitation(ctx context.Context, team wireID, user string, w *Membership) (invitation, error) {
	id, err := m.roleID(ctx, w.Role)
	return invitation{team: team, user: user, email: w.User, role: w.Role, refs: roleRefs(w.Role, id)}, err
}

// roleID returns the id of a role, or "" if there is no such role.
func (c *client) roleID(ctx context.Context, name string) (string, error) {
	id, known := c.Index.ID(roleKind.Name, name)
	if known {
		return id, nil
	}
	_, err := c.roleNames(ctx)
	id, _ = c.Index.ID(roleKind.Name, name)
	return id, err
}

// formatKnown reports whether it is known how invitations name a role, so that one invitation
// is enough.
func (m memberships) formatKnown(v invitation) bool { return len(v.refs) == 1 || m.roleRefs.Known() }

// invite sends an invitation and then calls read for the membership. If it is not known how
// invitations name a role, it tries the next reference while Tines refuses the invitation or
// accepts it and gives another role. err means that no invitation was accepted; otherwise got
// and readErr are the last results of read.
func (m memberships) invite(ctx context.Context, v invitation, read func() (schema.Object, error)) (got schema.Object, readErr, err error) {
	send := func(way int) (next bool, err error) {
		if err := m.sendInvitation(ctx, v, v.refs[way]); err != nil {
			return refused(err), err
		}
		if got, readErr = read(); readErr != nil {
			return false, readErr
		}
		return got.Body.(*Membership).Role != v.role, nil
	}
	if len(v.refs) == 1 {
		_, err = send(0)
	} else {
		err = m.roleRefs.Try(len(v.refs), send)
	}
	if readErr != nil {
		err = nil
	}
	return got, readErr, err
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
	return denied(m.rest.Do(ctx, call, nil))
}

func memberCall(team wireID, call string) string {
	return teamsPath + "/" + url.PathEscape(string(team)) + "/" + call
}

// refused reports whether Tines knows the key and refused the request.
func refused(err error) bool {
	switch provider.Status(err) {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// Create invites the user, and reads the membership back.
func (m memberships) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	w := r.Want.Body.(*Membership)
	team, err := m.teamID(ctx, w.Team)
	if err != nil {
		return schema.Object{}, fmt.Errorf("looking up the team %q: %w", w.Team, err)
	}
	user, _ := m.Index.ID(userKind.Name, w.User)
	v, err := m.invitation(ctx, team, user, w)
	if err != nil {
		return schema.Object{}, err
	}
	got, readErr, err := m.invite(ctx, v, func() (schema.Object, error) {
		switch known := m.formatKnown(v); {
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
	case errors.Is(readErr, provider.ErrUnread):
		return membershipWithID(team, user), readErr
	}
	return checkJoined(v, got, readErr)
}

// membershipWithID returns an object with the id of a membership alone, or none if the id of the
// user is not known.
func membershipWithID(team wireID, user string) schema.Object {
	if user == "" {
		return schema.Object{}
	}
	return schema.Object{ID: string(team) + "/" + user}
}

// checkJoined compares a new membership, as it was read back, with the invitation.
func checkJoined(v invitation, got schema.Object, err error) (schema.Object, error) {
	const op = "invite team member"
	switch {
	case errors.Is(err, errByRight):
		return schema.Object{}, ineffectiveCall(op, v.team, v.email+" is a tenant owner, who is in the team by right, and has no membership after the invitation",
			"A tenant owner can do everything in every team. Remove this membership from the files.", nil)
	case absent(err):
		return schema.Object{}, ineffectiveCall(op, v.team, fmt.Sprintf("Tines accepted the invitation, but %s is not in the list of members", v.email),
			"Check the team's page in Tines: an identity provider may manage its members. Then plan again.", nil)
	case err != nil:
		return schema.Object{}, fmt.Errorf("the invitation was sent, but reading the membership back failed: %w", err)
	}
	if role := got.Body.(*Membership).Role; role != v.role {
		return schema.Object{}, ineffectiveCall(op, v.team, fmt.Sprintf("%s is in the team now, but with the role %s instead of %s", v.email, role, v.role),
			"Plan again: the next plan shows it as a change of the role.", nil)
	}
	return got, nil
}

// ineffectiveCall returns the error of a call that Tines accepted and that did not have its
// effect.
func ineffectiveCall(op string, team wireID, reason, hint string, err error) error {
	return &provider.Error{
		Op: op, Method: http.MethodPost, URL: memberCall(team, "invite_member"), Status: http.StatusOK, Reason: reason, Hint: hint, Err: err,
	}
}

// Update gives a member another role. Tines documents no call for it. It first invites the
// member with the new role. If Tines keeps the old role, it removes the member and invites it
// again, if allow_rejoin permits that.
func (m memberships) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	have, want := *r.Have, r.Want.Body.(*Membership)
	v, err := m.invitation(ctx, teamOf(have), userOf(have), want)
	if err != nil {
		return schema.Object{}, err
	}
	got, readErr, why := m.invite(ctx, v, func() (schema.Object, error) {
		if m.formatKnown(v) && !m.settings.AllowRejoin {
			r.Accepted()
		}
		return m.Read(ctx, have)
	})
	switch {
	case why != nil && (!refused(why) || errors.Is(why, provider.ErrCredentials)):
		return schema.Object{}, why
	case why != nil:
		got = have
	case readErr != nil:
		return schema.Object{}, fmt.Errorf("the invitation with the new role was sent, but reading the membership back failed: %w", readErr)
	case got.Body.(*Membership).Role == want.Role:
		return got, nil
	}
	if !m.settings.AllowRejoin {
		return schema.Object{}, unchanged(v, got, why)
	}
	return m.rejoin(ctx, v, got, *r.Want)
}

// unchanged returns the error of a role that stayed as it was.
func unchanged(v invitation, got schema.Object, why error) error {
	e := &provider.Error{
		Op: "change role of team member", Method: http.MethodPost, URL: memberCall(v.team, "invite_member"), Status: http.StatusOK, Err: why,
		Reason: fmt.Sprintf("the role of %s is still %s, because Tines does not change it by an invitation", v.email, got.Body.(*Membership).Role),
		Hint: "Change the role on the team's page in Tines, or set allow_rejoin = true in the provider block: rolecall then removes the member and invites it again, " +
			"without access to the team in between.",
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

// rejoin removes a member and invites it with the new role: one member at a time, because Tines
// does not remove the last member of a team (Using teams). After the removal it continues even
// if ctx is cancelled. If the process ends in between, the next plan adds the member again,
// because a file declares it.
func (m memberships) rejoin(ctx context.Context, v invitation, was, want schema.Object) (schema.Object, error) {
	m.rejoining.Lock()
	defer m.rejoining.Unlock()
	const op = "change role of team member"
	oldRole := was.Body.(*Membership).Role
	ctx = context.WithoutCancel(ctx)
	if err := m.expel(ctx, was); err != nil {
		if !errors.Is(err, provider.ErrAmbiguous) {
			return schema.Object{}, fmt.Errorf("cannot remove the member to invite it again, so it keeps the role %s: %w", oldRole, err)
		}
		if _, now := m.Read(ctx, was); !absent(now) {
			return schema.Object{}, err
		}
	}
	now, readErr, err := m.inviteBack(ctx, v, want)
	switch {
	case readErr == nil && now.Body.(*Membership).Role == v.role:
		return now, nil
	case readErr == nil:
		return schema.Object{}, ineffectiveCall(op, v.team,
			fmt.Sprintf("%s was removed and invited again, but has the role %s instead of %s", v.email, now.Body.(*Membership).Role, v.role),
			"Change the role on the team's page in Tines.", err)
	case err == nil && !absent(readErr):
		return schema.Object{}, fmt.Errorf("the member was removed and invited again with the new role, but reading the membership back failed: %w", readErr)
	}
	old, back := m.invitation(ctx, v.team, v.user, was.Body.(*Membership))
	if back == nil {
		_, readErr, back = m.inviteBack(ctx, old, want)
	}
	if readErr == nil {
		return schema.Object{}, ineffectiveCall(op, v.team,
			fmt.Sprintf("%s was removed and could not be invited with the role %s, and is in the team again with the role %s", v.email, v.role, oldRole),
			"Correct what Tines says is wrong, and plan again.", errors.Join(err, back))
	}
	both := errors.Join(err, back)
	reason := "Tines gave no reason"
	if both != nil {
		reason = both.Error()
	}
	return schema.Object{}, ineffectiveCall(op, v.team,
		fmt.Sprintf("%s IS NO LONGER IN THE TEAM: it was removed, and the invitations with the role %s and with the old role %s failed (%s)",
			v.email, v.role, oldRole, reason),
		"Plan and apply again to invite the member, or invite it on the team's page in Tines.", both)
}

// inviteBack invites a user who was just removed, and reads the membership even if the invitation
// failed: Tines may have accepted it.
func (m memberships) inviteBack(ctx context.Context, v invitation, want schema.Object) (got schema.Object, readErr, err error) {
	find := func() (schema.Object, error) { return m.Find(ctx, want) }
	if got, readErr, err = m.invite(ctx, v, find); err != nil {
		got, readErr = find()
	}
	return got, readErr, err
}

// Remove removes a member. If Tines refuses, it reads the list: a refusal may mean that there is
// no such member, or that the key lacks the right.
func (m memberships) Remove(ctx context.Context, r provider.Request) error {
	err := m.expel(ctx, *r.Have)
	if err == nil || !refused(err) {
		return err
	}
	if _, readErr := m.Read(ctx, *r.Have); absent(readErr) {
		return nil
	} else if readErr != nil {
		return readErr
	}
	return err
}

// expel sends the removal. It is not repeated without an answer, because Tines refuses a second
// one.
func (m memberships) expel(ctx context.Context, have schema.Object) error {
	defer m.users.Clear()
	call := rest.Call{
		Op: "remove team member", Method: http.MethodPost, Path: memberCall(teamOf(have), "remove_member"),
		Body: map[string]any{"user_id": json.Number(userOf(have))},
	}
	err := denied(m.rest.Do(ctx, call, nil))
	if refusal := (*provider.Error)(nil); refused(err) && errors.As(err, &refusal) && !errors.Is(err, provider.ErrCredentials) {
		refusal.Hint = "Tines does not remove the last member of a team. If this is the last one, add another member first. " + refusal.Hint
	}
	return err
}

// userOf returns the id of the user in the id of a membership.
func userOf(o schema.Object) string {
	_, user, _ := strings.Cut(o.ID, "/")
	return user
}

// teamOf returns the id of the team in the id of a membership.
func teamOf(o schema.Object) wireID {
	team, _, _ := strings.Cut(o.ID, "/")
	return wireID(team)
}

// Estimate counts the reads before and after, and everything that may have to be tried.
func (m memberships) Estimate(r provider.Request) crud.Requests {
	w := objectOf(&r).Body.(*Membership)
	pages, owner := m.roster.pages(w.Team), 0
	if m.roster.owner(w.User) {
		owner = 1
	}
	n := crud.Requests{"": 1 + 2*pages, usersClass: 2 * owner}
	if r.Action == schema.Delete {
		return n
	}
	n[""] += m.roleRefs.Extra(r.Addr, 1+pages)
	if r.Action != schema.Create && m.settings.AllowRejoin {
		n[""] += 2 + 2*pages
		n[usersClass] += 2 * owner
	}
	return n
}
