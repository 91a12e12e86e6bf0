package tines

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A teamLocks keeps removals from a team apart from a member's leaving it to come
// back, so that the two together do not empty it. Removals may overlap. The zero
// value is ready.
type teamLocks struct {
	mu    sync.Mutex
	teams map[wireID]*sync.RWMutex
}

func (c *teamLocks) of(team wireID) *sync.RWMutex {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.teams == nil {
		c.teams = map[wireID]*sync.RWMutex{}
	}
	if c.teams[team] == nil {
		c.teams[team] = &sync.RWMutex{}
	}
	return c.teams[team]
}

func (c *teamLocks) RLock(team wireID)   { c.of(team).RLock() }
func (c *teamLocks) RUnlock(team wireID) { c.of(team).RUnlock() }

// Update gives a member another role. Tines documents no call for it. An invitation
// with the new role comes first, and is enough where Tines takes it as a change.
// Otherwise the member can leave and come back, if the files allow it.
func (m memberships) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	have, want := *r.Have, r.Want.Body.(*Membership)
	v, err := m.invitation(ctx, teamOf(have), userOf(have), want)
	if err != nil {
		return schema.Object{}, err
	}
	defer m.wait(v)()
	why := m.invite(ctx, v)
	if why != nil && (!refused(why) || errors.Is(why, provider.ErrCredentials)) {
		return schema.Object{}, why
	}
	if why == nil && m.settled(v) && !m.settings.AllowRejoin {
		r.Written()
	}
	got, err := m.Read(ctx, have)
	if err == nil && why == nil && got.Body.(*Membership).Role != want.Role {
		got, err = m.otherForm(ctx, v, got)
	}
	switch {
	case err != nil:
		return schema.Object{}, fmt.Errorf("the invitation with the new role was sent, and reading it back failed: %w", err)
	case got.Body.(*Membership).Role == want.Role:
		m.formatKnown(v)
		return got, nil
	case !m.settings.AllowRejoin:
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

// rejoin removes a member and invites it with the new role. Once the member is out
// it goes on to the end even where the run is cancelled. Should the process end in
// between, the next plan adds the member again, because a file declares it.
func (m memberships) rejoin(ctx context.Context, v invitation, got, want schema.Object) (schema.Object, error) {
	lock := m.rejoining.of(v.team)
	lock.Lock()
	defer lock.Unlock()
	others, _, err := m.others(ctx, v.team, v.user)
	if err != nil {
		return schema.Object{}, err
	}
	if others == 0 {
		return schema.Object{}, undone("change role of team member", v.team,
			fmt.Sprintf("%s is the only member of the team, whom Tines does not let go, so the role stays %s", v.email, got.Body.(*Membership).Role),
			"Change the role on the team's page in Tines, or add another member to the team first.", nil)
	}
	ctx = context.WithoutCancel(ctx)
	if err := m.expel(ctx, got); err != nil {
		if !errors.Is(err, provider.ErrAmbiguous) {
			return schema.Object{}, fmt.Errorf("the member could not be removed to be invited again, and keeps the role %s: %w", got.Body.(*Membership).Role, err)
		}
		if _, now := m.Read(ctx, got); !absent(now) {
			return schema.Object{}, err
		}
	}
	return m.comeBack(ctx, v, got, want)
}

// comeBack invites somebody who was just removed: with the new role, or else with
// the old one, so that nobody is left outside.
func (m memberships) comeBack(ctx context.Context, v invitation, was, want schema.Object) (schema.Object, error) {
	err := m.invite(ctx, v)
	now, looked := m.Find(ctx, want)
	if looked == nil {
		if role := now.Body.(*Membership).Role; role != v.role {
			return schema.Object{}, undone("change role of team member", v.team,
				fmt.Sprintf("%s was removed and invited again, and has the role %s instead of %s", v.email, role, v.role),
				"Change the role on the team's page in Tines.", err)
		}
		return now, nil
	}
	if err == nil && !absent(looked) {
		return schema.Object{}, fmt.Errorf("the member was removed and invited again with the new role, and reading it back failed: %w", looked)
	}
	old, back := m.invitation(ctx, v.team, v.user, was.Body.(*Membership))
	if back == nil {
		back = m.invite(ctx, old)
	}
	if _, looked = m.Find(ctx, want); looked == nil {
		return schema.Object{}, undone("change role of team member", v.team,
			fmt.Sprintf("%s was removed, could not be invited with the role %s, and is in the team again with the role %s", v.email, v.role, old.role),
			"Look at what Tines says, correct it, and plan again.", errors.Join(err, back))
	}
	return schema.Object{}, undone("change role of team member", v.team,
		fmt.Sprintf("%s IS OUT OF THE TEAM: it was removed, and neither the invitation with the role %s nor the one with the former role %s brought it back (%s)",
			v.email, v.role, old.role, orSo(errors.Join(err, back))),
		"Plan and apply again, which invites the member once more, or invite the member on the team's page in Tines.", errors.Join(err, back))
}

func orSo(err error) string {
	if err == nil {
		return "Tines gave no reason"
	}
	return err.Error()
}

// Estimate counts the reads before and after, and what may have to be tried.
func (m memberships) Estimate(r provider.Request) crud.Requests {
	o := r.Want
	if o == nil {
		o = r.Have
	}
	w := o.Body.(*Membership)
	m.roster.mu.Lock()
	pages, owner := max(1, (m.roster.size[w.Team]+perPage-1)/perPage), 0
	if m.roster.owners[w.User] {
		owner = 1
	}
	m.roster.mu.Unlock()
	n := crud.Requests{"": 1 + 2*pages, usersClass: 2 * owner}
	if r.Action == schema.Delete {
		return n
	}
	n[""] += m.roleRefFormat.extra(r.Addr)
	if r.Action != schema.Create && m.settings.AllowRejoin {
		n[""] += 2 + 2*pages
		n[usersClass] += owner + 1
	}
	return n
}
