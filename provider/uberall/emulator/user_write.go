package emulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// createUser makes a user. Without a status it is CREATED, and without features it has those
// that the interface checks for a new user; neither is documented for the API.
func (s *Server) createUser(c *call) (reply, error) {
	if err := s.mayWriteUsers(c); err != nil {
		return reply{}, err
	}
	for _, name := range []string{"email", "firstname", "lastname", "role"} {
		if !c.body.Has(name) {
			return reply{}, missing(name)
		}
	}
	p := *s.partner()
	if len(p.WhiteLabels) > 1 && !c.body.Has(whiteLabel) {
		return reply{}, missing(whiteLabel)
	}
	if p.UsersLeft != nil && *p.UsersLeft < 1 {
		return reply{}, invalid("LIMIT_REACHED", "The sales partner has no user left.")
	}
	u := &User{Status: "CREATED"}
	if len(p.WhiteLabels) == 1 {
		u.WhiteLabel = p.WhiteLabels[0]
	}
	password, _ := emulator.Field[string](c.body, "password", "is not a string")
	u.Password = password
	warnings, err := s.fillUser(c, u)
	if err != nil {
		return reply{}, err
	}
	if u.Status == invited && password != "" {
		return reply{}, invalid("INVALID_INPUT", "A password must not be sent with the status INVITED.")
	}
	if !c.body.Has("features") {
		u.Features = newFeatures(u.Role, c.user.Features)
	}
	u.ID = s.store.Next("user")
	s.putUser(u)
	answer := map[string]any{"user": s.showUser(c, u)}
	if p.UsersLeft != nil {
		left := *p.UsersLeft - 1
		p.UsersLeft = &left
		s.putPartner(&p)
		answer["usersLeft"] = left
	}
	return reply{answer, warnings}, nil
}

// updateUser changes what is sent and nothing else. A blank text deletes the old one.
func (s *Server) updateUser(c *call) (reply, error) {
	old, err := s.userAt(c)
	if err == nil && old.Status == deleted {
		err = s.noUser()
	}
	if err == nil {
		err = s.mayWriteUsers(c)
	}
	if err != nil {
		return reply{}, err
	}
	if c.body.Has("password") {
		c.body.Refuse("password", "can be sent for a new user only")
	}
	u := *old
	warnings, err := s.fillUser(c, &u)
	if err != nil {
		return reply{}, err
	}
	s.putUser(&u)
	return reply{map[string]any{"user": s.showUser(c, &u)}, warnings}, nil
}

// deleteUser removes the user, also from its location groups, and frees its seat.
func (s *Server) deleteUser(c *call) (reply, error) {
	u, err := s.userAt(c)
	p := *s.partner()
	switch {
	case err == nil && u.Status == deleted:
		err = s.noUser()
	case err == nil && p.NoDeletion:
		err = forbidden("Users cannot be deleted through the API.")
	}
	if err != nil {
		return reply{}, err
	}
	for _, id := range slices.Clone(s.groupsOf[u.ID]) {
		g := *s.group(id)
		g.Users = slices.DeleteFunc(slices.Clone(g.Users), func(id int) bool { return id == u.ID })
		s.putGroup(&g)
	}
	if s.is("deleted", "gone") {
		s.users.Delete(strconv.Itoa(u.ID))
	} else {
		now := *u
		now.Status = deleted
		s.putUser(&now)
	}
	if p.UsersLeft != nil {
		left := *p.UsersLeft + 1
		p.UsersLeft = &left
		s.putPartner(&p)
	}
	return single("success", true)
}

// mayWriteUsers refuses a caller who may not, and everybody where single sign-on is forced.
func (s *Server) mayWriteUsers(c *call) error {
	if s.partner().ForceSSO {
		return forbidden("Users of this sales partner are created and updated by single sign-on only.")
	}
	return usersOnly(c)
}

const whiteLabel = "whitelabelInformationIdentifier"

// fillUser copies the fields of the body. Ids that are read-only are ignored.
func (s *Server) fillUser(c *call, u *User) (warnings []string, err error) {
	b := c.body
	fillText(b, "firstname", &u.Firstname)
	fillText(b, "lastname", &u.Lastname)
	fillText(b, "phone", &u.Phone)
	fillText(b, "preferredLanguage", &u.Language)
	fillText(b, "email", &u.Email)
	fillText(b, "identifier", &u.Identifier)
	fillText(b, "salutation", &u.Salutation, "", "MALE", "FEMALE", "OTHER")
	fillText(b, "status", &u.Status, invited, "CREATED", "VERIFIED", "UNVERIFIED", inactive, "NO_LOGIN")
	fillText(b, "role", &u.Role, admin, accountManager, businessManager, locationManager)
	fillText(b, whiteLabel, &u.WhiteLabel, append([]string{""}, s.partner().WhiteLabels...)...)
	if !strings.Contains(u.Email, "@") {
		b.Refuse("email", "is not an e-mail address")
	}
	fillSet(s, b, "managedLocations", &u.Locations, func(id int) bool { return s.location(id) != nil })
	fillSet(s, b, "managedBusinesses", &u.Businesses, func(id int) bool { return s.business(id) != nil })
	s.fillEmailSettings(b, u)
	s.fillDetails(c, u)
	warnings, err = s.fillFeatures(c, u)
	if err := cmp.Or(problems(b), err); err != nil {
		return nil, err
	}
	if id, taken := s.byEmail[strings.ToLower(u.Email)]; taken && id != u.ID {
		return nil, invalid("IDENTIFIER_NOT_UNIQUE", "There is another user with this e-mail address.")
	}
	if id, taken := s.byIdentifier[u.Identifier]; taken && id != u.ID {
		return nil, invalid("IDENTIFIER_NOT_UNIQUE", "There is another user with this identifier.")
	}
	if !s.manages(c, u) {
		return nil, forbidden("The caller does not manage what the user would.")
	}
	return warnings, nil
}

// fillText copies a text, which must be one of values unless there are none.
func fillText(b *emulator.Body, name string, at *string, values ...string) {
	text, sent := emulator.Field[string](b, name, "is not a string")
	switch {
	case !sent:
	case len(values) > 0 && !slices.Contains(values, text):
		b.Refuse(name, fmt.Sprintf("cannot be %q", text))
	default:
		*at = text
	}
}

// fillSet copies a set: it replaces the old one or is added to it.
func fillSet[T cmp.Ordered](s *Server, b *emulator.Body, name string, at *[]T, known func(T) bool) {
	sent, ok := emulator.Field[[]T](b, name, fmt.Sprintf("is not a list of %T", *new(T)))
	if !ok {
		return
	}
	for _, v := range sent {
		if !known(v) {
			b.Refuse(name, fmt.Sprintf("has the unknown value %v", v))
		}
	}
	if s.is("sets", "merge") {
		sent = append(sent, *at...)
	}
	*at = set(sent)
}

func (s *Server) fillEmailSettings(b *emulator.Body, u *User) {
	sent, ok := emulator.Field[[]EmailSetting](b, "emailSettings", "is not a list of objects")
	if !ok {
		return
	}
	byType := map[string]string{}
	if s.is("sets", "merge") {
		for _, e := range u.EmailSettings {
			byType[e.EmailType] = e.Frequency
		}
	}
	for _, e := range sent {
		if e.EmailType == "" || !slices.Contains([]string{"ALWAYS", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "NEVER"}, e.Frequency) {
			b.Refuse("emailSettings", "has an entry without type or with an unknown frequency")
		}
		byType[e.EmailType] = e.Frequency
	}
	u.EmailSettings = nil
	for _, name := range slices.Sorted(maps.Keys(byType)) {
		u.EmailSettings = append(u.EmailSettings, EmailSetting{name, byType[name]})
	}
}
