package emulator

// Key returns a key that works now, to be shown to whoever starts the emulator:
// the first without restrictions, else the first that is active, else "". Call it
// before the server answers requests.
func (s *Server) Key() string {
	key := ""
	for _, k := range s.keys.All() {
		if s.keyStatus(k) != "active" {
			continue
		}
		if !k.Restricted {
			return k.Key
		}
		if key == "" {
			key = k.Key
		}
	}
	return key
}

// Org returns the id of the organization, which clients have to name.
func (s *Server) Org() int { return s.org().ID }
