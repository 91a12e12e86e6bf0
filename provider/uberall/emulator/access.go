package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// viaGroups are the locations that the user has through location groups, sorted.
func (s *Server) viaGroups(u *User) []int {
	ids := []int{}
	for _, id := range s.groupsOf[u.ID] {
		ids = append(ids, s.group(id).Locations...)
	}
	return set(ids)
}

// places are the locations that the user manages, sorted: its own, those of its businesses,
// and those of its groups. An administrator manages all.
func (s *Server) places(u *User) []int {
	ids := s.viaGroups(u)
	switch {
	case u.administers():
		for _, l := range s.locations.All() {
			ids = append(ids, l.ID)
		}
	default:
		ids = append(ids, u.Locations...)
		for _, id := range u.Businesses {
			ids = append(ids, s.within[id]...)
		}
	}
	return set(ids)
}

// Reach returns who can do what, by the address of the user in lower case: the role over the sales partner or a
// business, and each feature at each location, as "INBOX_READ at 12", of LOCATION_WRITE
// also each field, as "LOCATION_WRITE phone at 12". The error is that of a state that cannot
// be kept.
func (s *Server) Reach() (all map[string][]string, err error) {
	err = s.Do(func() error { all = s.reach(); return nil })
	return all, err
}

func (s *Server) reach() map[string][]string {
	all := make(map[string][]string, s.users.Len())
	for _, u := range s.users.All() {
		if u.Status != deleted {
			all[strings.ToLower(u.Email)] = s.words(u)
		}
	}
	return all
}

func (s *Server) words(u *User) []string {
	words := []string{}
	if u.Status == deleted || u.Status == inactive {
		return words
	}
	if u.administers() {
		words = append(words, u.Role)
		for _, b := range s.businesses.All() {
			words = append(words, accountManager+" of "+strconv.Itoa(b.ID), businessManager+" of "+strconv.Itoa(b.ID))
		}
	} else if u.Role != locationManager {
		for _, id := range u.Businesses {
			words = append(words, u.Role+" of "+strconv.Itoa(id))
		}
	}
	var rights []string
	for _, f := range u.Features {
		switch parts, detailed := u.FeaturesDetailed[f]; {
		case f == "USER_OTHERS_EDIT" && u.Role == locationManager: // has no effect
		case f == "LOCATION_WRITE" && !detailed:
			parts = locationFields()
			fallthrough
		case detailed:
			for _, part := range parts {
				rights = append(rights, f+" "+part)
			}
			fallthrough
		default:
			rights = append(rights, f)
		}
	}
	for _, id := range s.places(u) {
		for _, right := range rights {
			words = append(words, fmt.Sprintf("%s at %d", right, id))
		}
	}
	slices.Sort(words)
	return words
}
