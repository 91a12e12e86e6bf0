package emulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A business is a store. Its groups are kept by the groups.
type business struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty"`
	Zipcode string `json:"zipcode,omitempty"`
	Status  string `json:"status"`
}

type shownBusiness struct {
	ID         string `json:"id,omitempty"`
	BusinessID string `json:"business_id,omitempty"`
	business
	OrgID  int   `json:"org_id"`
	Groups []int `json:"groups"`
}

func (s *Server) showBusiness(b *business) shownBusiness {
	v := shownBusiness{business: *b, ID: b.ID, OrgID: s.org().ID, Groups: ascending(s.inGroups[b.ID])}
	if s.is("business-id", "business_id") {
		v.ID, v.BusinessID = "", b.ID
	}
	return v
}

// visible finds a business that the caller can read, by id or, for all but a
// PROVIDER, by "c-" and its code; nil where there is none.
func (s *Server) visible(c *call, id string) *business {
	if code, ok := strings.CutPrefix(id, "c-"); ok && c.user.Role != roleProvider {
		id = s.byCode[code]
	}
	b := s.businesses.Find(id)
	if b == nil || !s.reader(c.user)(b) {
		return nil
	}
	return b
}

// businessList checks ids of businesses and removes doubles.
func (s *Server) businessList(b *emulator.Body, field string, ids []string) []string {
	seen, list := make(map[string]bool, len(ids)), make([]string, 0, len(ids))
	for _, id := range ids {
		if s.businesses.Find(id) == nil {
			b.Refuse(field, "Unknown business: "+id+".")
		}
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	return list
}

func (s *Server) getBusiness(c *call) (any, error) {
	b := s.visible(c, c.r.PathValue("business_id"))
	if b == nil {
		return nil, notFound()
	}
	return s.showBusiness(b), nil
}

// updateBusiness changes what is sent: groups, name, code, city, country, zipcode.
func (s *Server) updateBusiness(c *call) (any, error) {
	old := s.visible(c, c.r.PathValue("business_id"))
	if old == nil {
		return nil, notFound()
	}
	if s.shut(c) || !s.effective(c)["business_edit"] {
		return nil, forbidden()
	}
	b := *old
	for name, at := range map[string]*string{
		"name": &b.Name, "code": &b.Code, "city": &b.City, "country": &b.Country, "zipcode": &b.Zipcode,
	} {
		if text, ok := emulator.Field[string](c.body, name, "Not a valid string."); ok {
			*at = text
		}
	}
	if id, ok := s.byCode[b.Code]; ok && id != b.ID {
		c.body.Refuse("code", "Must be unique.")
	}
	groups, sent := emulator.Field[[]int](c.body, "groups", "Not a valid list of integers.")
	for _, id := range groups {
		if s.group(id) == nil {
			c.body.Refuse("groups", "Unknown group.")
		}
	}
	if err := problems(c.body); err != nil {
		return nil, err
	}
	s.businesses.Put(b.ID, &b)
	if sent {
		s.regroup(b.ID, groups)
	}
	return success("id", b.ID), nil
}

// regroup makes the business a member of exactly these groups.
func (s *Server) regroup(id string, groups []int) {
	for _, had := range slices.Clone(s.inGroups[id]) {
		if !slices.Contains(groups, had) {
			g := *s.group(had)
			g.BusinessIDs = slices.DeleteFunc(slices.Clone(g.BusinessIDs), func(b string) bool { return b == id })
			s.groups.Put(strconv.Itoa(had), &g)
		}
	}
	for _, wanted := range groups {
		if !slices.Contains(s.inGroups[id], wanted) {
			g := *s.group(wanted)
			g.BusinessIDs = append(slices.Clone(g.BusinessIDs), id)
			s.groups.Put(strconv.Itoa(wanted), &g)
		}
	}
}
