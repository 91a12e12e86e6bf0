package emulator

// An org is the one organization.
type org struct {
	ID          int    `json:"org_id"`
	Name        string `json:"name"`
	HasSwitched bool   `json:"has_switched"`
	CanSwitch   bool   `json:"can_switch"`
	SSO         bool   `json:"sso"`
}

// getSwitch returns whether custom roles are switched on.
func (s *Server) getSwitch(*call) (any, error) {
	o := s.org()
	return map[string]any{"org_id": o.ID, "has_switched": o.HasSwitched, "can_switch": o.CanSwitch && !o.HasSwitched}, nil
}
