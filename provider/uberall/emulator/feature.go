package emulator

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// userFeatures are the documented features of users, sorted.
func userFeatures() []string {
	return set(strings.Fields(`ADS_READ ADS_WRITE ADVANCED_ANALYTICS AI_BULK_REPLIES AI_SUGGESTED_REPLIES APPLE_POSTING_WRITE
		AUTO_RESPONSE_WRITE BULK_UPDATES BUSINESS_LEVEL_CONNECT CAN_PAY_INVOICE CAN_SEE_HELP_SECTION CHAT_READ CHAT_WRITE
		CHATBOT_READ CHATBOT_WRITE DAM ENTERPRISE_ONBOARDING FIRST_PARTY_REVIEW_APPROVAL FORMS INBOX_2_0_BETA_READ
		INBOX_2_0_BETA_WRITE INBOX_APPROVAL INBOX_READ INBOX_WRITE INSTAGRAM_POSTING_WRITE LISTINGS LISTINGS_PAGE_NEW
		LIVE_CHAT LOCATION_GROUP LOCATION_READ LOCATION_SCHEDULED_UPDATES LOCATION_STATUS_CHANGE LOCATION_WRITE
		POSTING_APPROVAL POSTING_READ POSTING_WRITE PRICE_INFO RESPONSE_LIBRARY_READ RESPONSE_LIBRARY_WRITE
		REVIEW_GENERATION_CREATE REVIEW_GENERATION_SEND SINGLE_SIGN_ON SOCIAL_ADS SUPPRESSION TRACKING UPGRADE
		USER_OTHERS_EDIT USER_SELF_EDIT`))
}

// locationFields are the documented fields of featuresDetailed.LOCATION_WRITE.
func locationFields() []string {
	return strings.Fields(`fax openingHours callTrackingNumbers streetNo openingHoursNotes specialOpeningHours street
		languages customFields contentLists photos services moreHours descriptionLong zip lat openingDate email
		addressDisplay labels taxNumber city cellphone contentCollections attributes categories imprint phone utms
		addressExtra keywords legalIdent lng paymentOptions descriptionShort socialProfiles identifier website country
		province name videos brands serviceAreas`)
}

// newFeatures are the features that are checked for a new user: all that there are to give,
// for a location manager all but two.
func newFeatures(role string, all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(f string) bool {
		return role == locationManager && (f == "LOCATION_STATUS_CHANGE" || f == "UPGRADE")
	})
}

// fillFeatures copies the features of the body. Those that the caller does not have stay
// as they are: it can neither see, add nor remove them.
func (s *Server) fillFeatures(c *call, u *User) (warnings []string, err error) {
	catalog := userFeatures()
	var features, hidden []string
	for _, f := range u.Features {
		if c.has(f) {
			features = append(features, f)
		} else {
			hidden = append(hidden, f)
		}
	}
	fillSet(s, c.body, "features", &features, func(f string) bool { return slices.Contains(catalog, f) || c.has(f) })
	var denied []string
	for _, f := range features {
		if !c.has(f) {
			denied = append(denied, f)
		}
	}
	switch text := "Features that the caller does not have: " + strings.Join(denied, ", ") + "."; {
	case len(denied) > 0 && s.is("ungrantable", "refused"):
		return nil, forbidden(text)
	case len(denied) > 0 && s.is("ungrantable", "warned"):
		warnings = []string{text}
	}
	u.Features = set(append(slices.DeleteFunc(features, func(f string) bool { return !c.has(f) }), hidden...))
	return warnings, nil
}

// fillDetails copies the parts of features that can be given one by one.
func (s *Server) fillDetails(c *call, u *User) {
	sent, ok := emulator.Field[map[string][]string](c.body, "featuresDetailed", "is not an object of lists")
	if !ok {
		return
	}
	fields, details := locationFields(), maps.Clone(u.FeaturesDetailed)
	if details == nil {
		details = map[string][]string{}
	}
	for f := range u.FeaturesDetailed {
		if c.has(f) && !s.is("sets", "merge") {
			delete(details, f)
		}
	}
	for f, parts := range sent {
		if f != "LOCATION_WRITE" && f != "ADVANCED_ANALYTICS" {
			c.body.Refuse("featuresDetailed", "has an unknown feature")
		}
		for _, part := range parts {
			if f == "LOCATION_WRITE" && !slices.Contains(fields, part) {
				c.body.Refuse("featuresDetailed", "has an unknown field")
			}
		}
		if c.has(f) {
			details[f] = set(append(slices.Clone(details[f]), parts...))
			if details[f] == nil {
				details[f] = []string{}
			}
		}
	}
	u.FeaturesDetailed = details
}

// getFeatures shows the features of the caller.
func (s *Server) getFeatures(c *call) (reply, error) {
	return reply{response: map[string]any{"defaultFeatures": append([]string{}, c.user.Features...)}}, nil
}

// SetFeatures changes the features of a user, as someone with more features than the caller can.
func (s *Server) SetFeatures(email string, features ...string) error {
	return s.Do(func() error {
		u := s.user(s.byEmail[strings.ToLower(email)])
		if u == nil {
			return errors.New("there is no user " + email)
		}
		now := *u
		now.Features = set(slices.Clone(features))
		s.putUser(&now)
		return nil
	})
}
