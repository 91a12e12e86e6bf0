package emulator

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// The roles and statuses that mean something to the emulator.
const (
	admin           = "ADMIN"
	apiAdmin        = "API_ADMIN"
	accountManager  = "ACCOUNT_MANAGER"
	businessManager = "BUSINESS_MANAGER"
	locationManager = "LOCATION_MANAGER"

	invited  = "INVITED"
	inactive = "INACTIVE"
	deleted  = "DELETED"
)

// A User is a person, or the account of a private key.
type User struct {
	ID               int                 `json:"id"`
	Email            string              `json:"email"`
	Firstname        string              `json:"firstname,omitempty"`
	Lastname         string              `json:"lastname,omitempty"`
	Salutation       string              `json:"salutation,omitempty"`
	Phone            string              `json:"phone,omitempty"`
	Role             string              `json:"role"`
	Status           string              `json:"status"` // in a seed "" means VERIFIED
	Identifier       string              `json:"identifier,omitempty"`
	Features         []string            `json:"features,omitzero"` // sorted; in a seed nil means those that are checked for a new user
	FeaturesDetailed map[string][]string `json:"featuresDetailed,omitempty"`
	Locations        []int               `json:"managedLocations,omitempty"`
	Businesses       []int               `json:"managedBusinesses,omitempty"`
	EmailSettings    []EmailSetting      `json:"emailSettings,omitempty"`
	Language         string              `json:"preferredLanguage,omitempty"`
	WhiteLabel       string              `json:"whitelabelInformationIdentifier,omitempty"`
	Password         string              `json:"password,omitempty"`
}

// An EmailSetting says how often a user gets a type of mail.
type EmailSetting struct {
	EmailType string `json:"emailType"`
	Frequency string `json:"frequency"`
}

// A shownUser is a user as a caller reads it.
type shownUser struct {
	User
	Email      string              `json:"email,omitempty"`
	Password   string              `json:"password,omitempty"` // always empty
	Features   []string            `json:"features"`
	Detailed   map[string][]string `json:"featuresDetailed"`
	Locations  any                 `json:"managedLocations"`
	Businesses any                 `json:"managedBusinesses"`
	Groups     []int               `json:"locationGroupIds"`
	ViaGroups  []int               `json:"managedLocationsViaGroups"`
}

// showUser leaves out the features that the caller does not have.
func (s *Server) showUser(c *call, u *User) any {
	v := shownUser{User: *u, Features: []string{}, Detailed: map[string][]string{}, Groups: append([]int{}, s.groupsOf[u.ID]...), ViaGroups: s.viaGroups(u)}
	for _, f := range u.Features {
		if c.has(f) {
			v.Features = append(v.Features, f)
		}
	}
	for f, list := range u.FeaturesDetailed {
		if c.has(f) {
			v.Detailed[f] = list
		}
	}
	v.Locations = refs(s, u.Locations, func(id int) any { return s.showLocation(s.location(id)) })
	v.Businesses = refs(s, u.Businesses, func(id int) any { return s.showBusiness(s.business(id)) })
	if !s.is("email", "absent") {
		v.Email = u.Email
	}
	return v
}

// refs shows what ids refer to, as one of the two schemas has it.
func refs(s *Server, ids []int, show func(int) any) any {
	if s.is("ids", "numbers") {
		return append([]int{}, ids...)
	}
	objects := make([]any, len(ids))
	for i, id := range ids {
		objects[i] = show(id)
	}
	return objects
}

// has reports whether the caller has the feature.
func (c *call) has(feature string) bool {
	_, found := slices.BinarySearch(c.user.Features, feature)
	return found
}

func (u *User) mayLogIn() bool {
	return u != nil && u.Status != deleted && u.Status != inactive && u.Status != "NO_LOGIN"
}

// administers reports whether the user manages all accounts.
func (u *User) administers() bool { return u.Role == admin || u.Role == apiAdmin }

// usersOnly refuses a caller who may not manage users. Location managers never may.
func usersOnly(c *call) error {
	if !c.has("USER_OTHERS_EDIT") || c.user.Role == locationManager {
		return forbidden("The caller may not manage users.")
	}
	return nil
}

// manages reports whether the caller manages the user: an administrator everybody, others
// those of at most their own role whose whole scope they manage.
func (s *Server) manages(c *call, u *User) bool {
	ranks := []string{locationManager, businessManager, accountManager}
	switch {
	case c.user.administers() || c.user.ID == u.ID:
		return true
	case u.administers() || slices.Index(ranks, u.Role) > slices.Index(ranks, c.user.Role):
		return false
	}
	places, mine := s.places(u), s.places(c.user)
	return len(places)+len(u.Businesses) > 0 &&
		!slices.ContainsFunc(places, func(id int) bool { _, found := slices.BinarySearch(mine, id); return !found }) &&
		!slices.ContainsFunc(u.Businesses, func(id int) bool { return !slices.Contains(c.user.Businesses, id) })
}

// listUsers shows the users that the caller manages, in the order of their ids. A query is part of
// a name or of the address.
func (s *Server) listUsers(c *call) (reply, error) {
	if err := usersOnly(c); err != nil {
		return reply{}, err
	}
	query := strings.ToLower(c.query.Get("query"))
	build := func() []*User {
		var rows []*User
		for _, u := range s.users.All() {
			text := strings.ToLower(u.Firstname + "\n" + u.Lastname + "\n" + u.Email)
			if strings.Contains(text, query) && s.manages(c, u) {
				rows = append(rows, u)
			}
		}
		slices.SortFunc(rows, func(a, b *User) int { return cmp.Compare(a.ID, b.ID) })
		return rows
	}
	if c.user.administers() { // nothing but users decides
		return list(c, "users", s.users.View(query, build), 50, s.maxPage(), func(u *User) any { return s.showUser(c, u) })
	}
	return list(c, "users", build(), 50, s.maxPage(), func(u *User) any { return s.showUser(c, u) })
}

// userAt is the user of the path, if the caller manages it.
func (s *Server) userAt(c *call) (*User, error) {
	if err := usersOnly(c); err != nil {
		return nil, err
	}
	if u := s.user(number(c.r.PathValue("id"))); u != nil && s.manages(c, u) {
		return u, nil
	}
	return nil, s.noUser()
}

func (s *Server) noUser() error {
	const text = "There is no such user."
	switch {
	case s.is("missing-user", "400"):
		return &refusal{http.StatusBadRequest, "BAD_REQUEST", "", text}
	case s.is("missing-user", "400-not-found"):
		return &refusal{http.StatusBadRequest, "NOT_FOUND", "", text}
	}
	return notFound(text)
}

func (s *Server) getUser(c *call) (reply, error) {
	u, err := s.userAt(c)
	if err != nil {
		return reply{}, err
	}
	return single("user", s.showUser(c, u))
}

// getCaller shows whom the credential acts as.
func (s *Server) getCaller(c *call) (reply, error) {
	if s.is("me", "missing") {
		return reply{}, s.noUser()
	}
	return single("user", s.showUser(c, c.user))
}
