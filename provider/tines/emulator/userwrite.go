package emulator

import (
	"net/mail"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

func (s *Server) createUser(c *call) (reply, error) {
	if err := s.provisioned(false); err != nil {
		return reply{}, err
	}
	if !c.body.Has("email") {
		c.body.Refuse("email", "is missing")
	}
	u := s.newUser("")
	s.fillUser(c.body, u)
	if err := s.problems(c.body); err != nil {
		return reply{}, err
	}
	s.join(c, u)
	return s.created(s.showUser(u)), nil
}

// newUser is a user who has yet to be put and to accept the invitation.
func (s *Server) newUser(email string) *user {
	if s.is("email-case", "lower") {
		email = strings.ToLower(email)
	}
	return &user{Email: email, Active: true, CreatedAt: s.o.Clock(), UpdatedAt: s.o.Clock()}
}

// join puts a new user, with the personal team that each one has.
func (s *Server) join(c *call, u *user) {
	u.ID = s.store.Next("user")
	s.givePersonal(u)
	s.putUser(u)
	s.audit(c, "UsersInvitation", inputs{"userId": u.ID, "emails": []string{u.Email}, "admin": u.Admin})
}

// givePersonal makes the user's personal team.
func (s *Server) givePersonal(u *user) {
	t := &team{ID: s.store.Next("team"), Name: "Personal (" + u.Email + ")", Kind: personalTeam, Owner: u.ID}
	s.putTeam(t)
	u.Personal = t.ID
}

func (s *Server) updateUser(c *call) (reply, error) {
	old, err := s.userAt(c)
	if err == nil {
		err = s.provisioned(false)
	}
	if err != nil {
		return reply{}, err
	}
	if !old.DeletedAt.IsZero() {
		return reply{}, s.invalid("", "The user is being deleted")
	}
	u := *old
	if s.is("user-put", "defaults") {
		u.Admin, u.Active = false, true
	}
	s.fillUser(c.body, &u)
	if err := s.problems(c.body); err != nil {
		return reply{}, err
	}
	if !u.Admin || !u.Active {
		if err := s.anotherOwner(old); err != nil {
			return reply{}, err
		}
	}
	u.UpdatedAt = s.o.Clock()
	s.putUser(&u)
	s.audit(c, "UserEdit", inputs{"userId": u.ID, "email": u.Email, "admin": u.Admin, "isActive": u.Active})
	return ok(s.showUser(&u)), nil
}

// fillUser sets what the body has of a user.
func (s *Server) fillUser(b *emulator.Body, u *user) {
	s.known(b, "email", "first_name", "last_name", "admin", "is_active", "tenant_permissions")
	if email, sent := words(b, "email", false); sent {
		s.fillEmail(b, u, email)
	}
	for name, at := range map[string]*string{"first_name": &u.FirstName, "last_name": &u.LastName} {
		if value, sent := emulator.Field[string](b, name, "is not a string"); sent {
			*at = value
		}
	}
	for name, at := range map[string]*bool{"admin": &u.Admin, "is_active": &u.Active} {
		if value, sent := emulator.Field[bool](b, name, "is not a boolean"); sent {
			*at = value
		}
	}
	names, sent := s.chosen(b, "tenant_permissions", s.catalogue().TenantPermissions)
	if sent && s.is("tenant-permissions", "merge") {
		for _, name := range u.TenantPermissions {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if sent {
		u.TenantPermissions = names
	}
}

func (s *Server) fillEmail(b *emulator.Body, u *user, email string) {
	if !validEmail(email) {
		b.Refuse("email", "is invalid")
		return
	}
	if other, taken := s.byEmail[s.fold(email)]; taken && other != u.ID {
		b.Refuse("email", "has already been taken")
	}
	u.Email = email
	if s.is("email-case", "lower") {
		u.Email = strings.ToLower(email)
	}
}

func validEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(domain, ".")
}

// anotherOwner refuses to lose the last active tenant owner, where that matters.
func (s *Server) anotherOwner(u *user) error {
	if !u.Admin || !u.Active || s.is("last-owner", "allow") {
		return nil
	}
	for _, other := range s.users.All() {
		if other.Admin && other.Active && !other.Service && other.ID != u.ID {
			return nil
		}
	}
	return s.invalid("", "The tenant needs an owner")
}

// deleteUser removes a user for good, which SCIM does not forbid.
func (s *Server) deleteUser(c *call) (reply, error) {
	u, err := s.userAt(c)
	if err != nil {
		return reply{}, err
	}
	if !u.DeletedAt.IsZero() {
		return s.deleted(), nil
	}
	if err := s.anotherOwner(u); err != nil {
		return reply{}, err
	}
	if s.is("delete-user", "queued") {
		gone := *u
		gone.Active, gone.DeletedAt = false, s.o.Clock()
		s.putUser(&gone)
	} else {
		s.erase(u)
	}
	s.audit(c, "UserDeletion", inputs{"userId": u.ID, "email": u.Email})
	return s.deleted(), nil
}

// resendUser sends the invitation to the tenant once more.
func (s *Server) resendUser(c *call) (reply, error) {
	u, err := s.userAt(c)
	if err == nil {
		err = s.provisioned(false)
	}
	if err != nil {
		return reply{}, err
	}
	if u.Accepted {
		return ok(map[string]string{"message": "User already accepted invitation."}), nil
	}
	s.audit(c, "UserReinvitation", inputs{"userId": u.ID})
	return ok(nil), nil
}
