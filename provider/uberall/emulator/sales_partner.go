package emulator

// A SalesPartner is the tenant.
type SalesPartner struct {
	ID          int      `json:"id"`
	Name        string   `json:"name"`
	ForceSSO    bool     `json:"forceSso,omitempty"`
	UsersLeft   *int     `json:"usersLeft,omitempty"`   // nil means any number
	WhiteLabels []string `json:"whiteLabels,omitempty"` // identifiers
	NoDeletion  bool     `json:"noDeletion,omitempty"`  // users cannot be deleted through the API
}

// getSalesPartner shows the own one, which does not say its id.
func (s *Server) getSalesPartner(c *call) (reply, error) {
	p := s.partner()
	if number(c.r.PathValue("id")) != p.ID {
		return reply{}, notFound("There is no such sales partner.")
	}
	v := map[string]any{"name": p.Name, "forceSso": p.ForceSSO}
	if p.UsersLeft != nil {
		v["usersLeft"] = *p.UsersLeft
	}
	return single("salesPartner", v)
}

// SalesPartner returns the id of the sales partner, to be shown when the emulator
// starts. Call it before the server answers requests.
func (s *Server) SalesPartner() int { return s.partner().ID }
