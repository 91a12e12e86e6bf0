package emulator

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A business is a store. Its groups are stored with the groups.
type business struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty"`
	Status  string `json:"status"`

	Closed []string `json:"closed_fields,omitempty"` // stored, and never shown with the business
}

type shownBusiness struct {
	ID         string `json:"id,omitempty"`
	BusinessID string `json:"business_id,omitempty"`
	business
	OrgID  int   `json:"org_id"`
	Groups []int `json:"groups"`
}

func (s *Server) showBusiness(b *business) shownBusiness {
	v := shownBusiness{business: *b, ID: b.ID, OrgID: s.org().ID, Groups: append([]int{}, s.inGroups[b.ID]...)}
	v.Closed = nil
	if s.is("business-id", "business_id") {
		v.ID, v.BusinessID = "", b.ID
	}
	return v
}

// businessList checks ids of businesses and removes duplicates.
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

// searchBusinesses shows a page of the businesses that the caller can read, those with the
// ids of business__in or with the code, or all. The name of the filter for many codes is
// not documented, so there is none.
func (s *Server) searchBusinesses(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	ids, code := c.query.Get("business__in"), c.query.Get("code")
	if s.readsAll(c.user) && ids == "" && code == "" && s.is("search-closed", "shown") {
		from, to := p.span(s.businesses.Len())
		return s.envelope(p, s.businesses.Len(), "businesses", s.showBusinesses(s.businesses.Span(from, to))), nil
	}
	reads := s.reader(c.user)
	found := slices.DeleteFunc(s.candidates(ids, code), func(b *business) bool {
		return !reads(b) || code != "" && b.Code != code || b.Status != "open" && s.is("search-closed", "hidden")
	})
	from, to := p.span(len(found))
	return s.envelope(p, len(found), "businesses", s.showBusinesses(found[from:to])), nil
}

func (s *Server) showBusinesses(list []*business) []shownBusiness {
	shown := make([]shownBusiness, len(list))
	for i, b := range list {
		shown[i] = s.showBusiness(b)
	}
	return shown
}

// candidates returns the businesses with the ids, or else with the code, or else all.
func (s *Server) candidates(ids, code string) []*business {
	if ids == "" && code == "" {
		return slices.Clone(s.businesses.Span(0, s.businesses.Len()))
	}
	if ids == "" {
		ids = s.byCode[code]
	}
	var list []*business
	for id := range strings.SplitSeq(ids, ",") {
		if b := s.businesses.Find(id); b != nil && !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	return list
}
