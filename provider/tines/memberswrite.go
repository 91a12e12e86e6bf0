package tines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// roleRefFormat remembers how invitations name a custom role, which is not documented:
// by name, as the mapping of groups does, or by id.
type roleRefFormat struct {
	trial sync.Mutex // held by the change that finds it out

	mu    sync.Mutex
	known bool
	byID  bool
	payer schema.Address // the first change that was asked what it costs
}

func (f *roleRefFormat) get() (byID, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byID, f.known
}

func (f *roleRefFormat) learn(byID bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byID, f.known = byID, true
}

// extra is how many requests finding out may take: the first change that is asked
// about pays, as one of them will.
func (f *roleRefFormat) extra(addr schema.Address) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known {
		return 0
	}
	if f.payer == (schema.Address{}) {
		f.payer = addr
	}
	if f.payer != addr {
		return 0
	}
	return 2
}

// wait lets one change at a time find out, and the others wait for it. It returns
// what ends that.
func (m memberships) wait(v invitation) (done func()) {
	if m.settled(v) {
		return func() {}
	}
	m.roleRefFormat.trial.Lock()
	if m.settled(v) {
		m.roleRefFormat.trial.Unlock()
		return func() {}
	}
	return m.roleRefFormat.trial.Unlock
}

// settled reports whether it is known how to write the role.
func (m memberships) settled(v invitation) bool {
	_, known := m.roleRefFormat.get()
	return known || v.roleID == v.role || v.roleID == ""
}

// formatKnown notes that the role came out as it was sent.
func (m memberships) formatKnown(v invitation) {
	if !m.settled(v) {
		m.roleRefFormat.learn(false)
	}
}

// An invitation puts somebody into a team.
type invitation struct {
	team   wireID
	user   string // id, where the user is known; then nobody new can come of it
	email  string
	role   string // key
	roleID string // "" where it is not known
}

// invitation fills one in.
func (m memberships) invitation(ctx context.Context, team wireID, user string, w *Membership) (invitation, error) {
	id, err := m.roleID(ctx, w.Role)
	return invitation{team: team, user: user, email: w.User, role: w.Role, roleID: id}, err
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

// invite sends an invitation, and where Tines refuses the form of the role, the
// other form once.
func (m memberships) invite(ctx context.Context, v invitation) error {
	if m.settled(v) {
		if byID, _ := m.roleRefFormat.get(); byID && v.roleID != "" {
			return m.inviteAs(ctx, v, v.roleID)
		}
		return m.inviteAs(ctx, v, v.role)
	}
	err := m.inviteAs(ctx, v, v.role)
	if err == nil || !refused(err) {
		return err
	}
	if m.inviteAs(ctx, v, v.roleID) != nil {
		return err // the second refusal may be about anything
	}
	m.roleRefFormat.learn(true)
	return nil
}

func (m memberships) inviteAs(ctx context.Context, v invitation, role string) error {
	body := map[string]any{"role": role}
	if v.user != "" {
		body["user_id"] = json.Number(v.user)
	} else {
		body["email"] = v.email
	}
	defer m.users.Drop()
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

// Create invites, and makes sure that the member is there with the role.
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
	defer m.wait(v)()
	if err := m.invite(ctx, v); err != nil {
		return schema.Object{}, err
	}
	if m.settled(v) {
		r.Written()
	}
	got, err := m.Find(ctx, *r.Want)
	if err == nil && got.Body.(*Membership).Role != v.role {
		v.user = userOf(got)
		got, err = m.otherForm(ctx, v, got)
	}
	return m.joined(v, got, err)
}

// joined holds a new membership, as it was read back, against the invitation.
func (m memberships) joined(v invitation, got schema.Object, err error) (schema.Object, error) {
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
	m.formatKnown(v)
	return got, nil
}

// otherForm invites once more with the id of the role, where Tines took the name and
// made nothing of it, and it is not yet known which of the two it wants.
func (m memberships) otherForm(ctx context.Context, v invitation, got schema.Object) (schema.Object, error) {
	if m.settled(v) {
		return got, nil
	}
	if err := m.inviteAs(ctx, v, v.roleID); err != nil {
		if refused(err) {
			return got, nil
		}
		return got, err
	}
	next, err := m.Read(ctx, got)
	if err == nil && next.Body.(*Membership).Role == v.role {
		m.roleRefFormat.learn(true)
	}
	return next, err
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

// undone is an error after a call that Tines answered well and that did not do what
// it should.
func undone(op string, team wireID, reason, hint string, err error) error {
	return &provider.Error{
		Op: op, Method: http.MethodPost, URL: memberCall(team, "invite_member"), Status: http.StatusOK, Reason: reason, Hint: hint, Err: err,
	}
}

// Remove takes a member out. Where Tines refuses, it is looked whether the member
// is there at all: a 404 may mean that, or that the key lacks the right.
func (m memberships) Remove(ctx context.Context, q provider.Request) error {
	have := *q.Have
	team := teamOf(have)
	m.rejoining.RLock(team)
	defer m.rejoining.RUnlock(team)
	err := m.expel(ctx, have)
	if err == nil || !refused(err) {
		return err
	}
	others, there, why := m.others(ctx, team, userOf(have))
	switch {
	case why != nil:
		return why
	case !there:
		return nil
	}
	var e *provider.Error
	if others == 0 && errors.As(err, &e) {
		e.Hint = "Tines keeps the last member of a team. Add another member first."
	}
	return err
}

// expel sends the removal. It states what shall be, but a second one is refused,
// so it is not repeated where no answer came.
func (m memberships) expel(ctx context.Context, have schema.Object) error {
	defer m.users.Drop()
	call := rest.Call{
		Op: "remove team member", Method: http.MethodPost, Path: memberCall(teamOf(have), "remove_member"),
		Body: map[string]any{"user_id": json.Number(userOf(have))},
	}
	return hidden(m.rest.Do(ctx, call, nil))
}
