package uberall

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A feature is a part of one of the 13 features of the help page "Setting permissions for
// individual users". uberall publishes no table of the API's names: they are inferred.
type feature struct{ name, api string }

// features is the one definition of the features by readable names. Every other feature
// has the API's name.
var features = []feature{
	{"location_profile.view", "LOCATION_READ"}, {"location_profile.edit", "LOCATION_WRITE"}, {"location_profile.listings", "LISTINGS"},
	{"location_profile.duplicates", "SUPPRESSION"}, {"location_profile.status_change", "LOCATION_STATUS_CHANGE"},
	{"customer_feedback.view", "INBOX_READ"}, {"customer_feedback.respond", "INBOX_WRITE"}, {"customer_feedback.approve", "INBOX_APPROVAL"},
	{"response_library.view", "RESPONSE_LIBRARY_READ"}, {"response_library.edit", "RESPONSE_LIBRARY_WRITE"},
	{"automated_responses", "AUTO_RESPONSE_WRITE"},
	{"first_party_review_approval", "FIRST_PARTY_REVIEW_APPROVAL"},
	{"posting.view", "POSTING_READ"}, {"posting.edit", "POSTING_WRITE"}, {"posting.approve", "POSTING_APPROVAL"},
	{"posting.apple", "APPLE_POSTING_WRITE"}, {"posting.instagram", "INSTAGRAM_POSTING_WRITE"},
	{"ads.view", "ADS_READ"}, {"ads.edit", "ADS_WRITE"},
	{userRights, "USER_OTHERS_EDIT"},
	{"insights.view", "TRACKING"}, {insightsAdvanced, "ADVANCED_ANALYTICS"},
	{"upgrade", "UPGRADE"},
	{"own_data", "USER_SELF_EDIT"},
	{"billing.view", "PRICE_INFO"}, {"billing.pay", "CAN_PAY_INVOICE"},
	{"help", "CAN_SEE_HELP_SECTION"},
}

const (
	userRights       = "user_rights"
	profileEdit      = "location_profile.edit"
	insightsAdvanced = "insights.advanced"
)

// otherFeatures are the further features of users that the API's description documents.
var otherFeatures = strings.Fields(`AI_BULK_REPLIES AI_SUGGESTED_REPLIES BULK_UPDATES BUSINESS_LEVEL_CONNECT CHAT_READ CHAT_WRITE CHATBOT_READ CHATBOT_WRITE DAM
	ENTERPRISE_ONBOARDING FORMS INBOX_2_0_BETA_READ INBOX_2_0_BETA_WRITE LISTINGS_PAGE_NEW LIVE_CHAT LOCATION_GROUP LOCATION_SCHEDULED_UPDATES
	REVIEW_GENERATION_CREATE REVIEW_GENERATION_SEND SINGLE_SIGN_ON SOCIAL_ADS`)

// profileFields are the fields of a location that featuresDetailed.LOCATION_WRITE documents.
var profileFields = strings.Fields(`fax openingHours callTrackingNumbers streetNo openingHoursNotes specialOpeningHours street languages customFields contentLists
	photos services moreHours descriptionLong zip lat openingDate email addressDisplay labels taxNumber city cellphone contentCollections attributes categories
	imprint phone utms addressExtra keywords legalIdent lng paymentOptions descriptionShort socialProfiles identifier website country province name videos brands
	serviceAreas`)

// analyticsDashboards are those that the documentation shows; the list is open.
var analyticsDashboards = []string{"overview", "listings-google", "customer-feedback"}

// readable returns the readable name of a feature, or the API's where it has none.
func readable(name string) string {
	for _, f := range features {
		if f.api == name {
			return f.name
		}
	}
	return name
}

// apiNames returns the API's names of features.
func apiNames(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name
		for _, f := range features {
			if f.name == name {
				out[i] = f.api
			}
		}
	}
	return out
}

// documented reports whether files take the name for a documented feature.
func documented(name string) bool {
	return slices.ContainsFunc(features, func(f feature) bool { return f.name == name }) || slices.Contains(otherFeatures, name)
}

// featureNames lists every documented feature by the name that files take.
func featureNames() []string {
	var out []string
	for _, f := range features {
		out = append(out, f.name)
	}
	return append(out, otherFeatures...)
}

// featureName is the rule for a member of features: a readable name, or one of the API, which
// are in capitals. It explains the titles of the help page.
func featureName(s string) error {
	if s == "" {
		return errors.New("has an empty entry; remove it, or write the name of a feature")
	}
	if documented(s) || strings.ToUpper(s) == s {
		return nil
	}
	plain := strings.ReplaceAll(schema.FoldName(s), " ", "_")
	for _, h := range headings {
		if plain == h.group || plain == strings.ReplaceAll(schema.FoldName(h.title), " ", "_") {
			return fmt.Errorf("takes the parts of %q one by one: %s", s, strings.Join(partsOf(h.group), ", "))
		}
	}
	hint := "the names of the API, such as CHAT_READ, are in capitals."
	if near := schema.Nearest(s, featureNames()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("cannot contain this name; %s \"rolecall schema uberall.profile\" lists the names", hint)
}

// The presets of a profile: what the app selects for a new user.
const (
	presetEverything = "everything"
	presetLocation   = "location_manager"
)

// presetFeatures lists the features of a preset. Location managers have all but status
// change and upgrade.
func presetFeatures(preset string) []string {
	var out []string
	for _, f := range features {
		if preset == presetEverything || f.api != "LOCATION_STATUS_CHANGE" && f.api != "UPGRADE" {
			out = append(out, f.name)
		}
	}
	return schema.Canonical(out)
}

// Rights are what a user may do, whatever the scope: a profile without its name.
type Rights struct {
	Role       string
	Features   []string // readable names
	Fields     []string // of locations, which location_profile.edit lets edit
	Dashboards []string // which insights.advanced shows
}

// rightsRows are the rows of Rights in a kind.
func rightsRows[T any](at func(*T) *Rights) []schema.Attribute {
	return []schema.Attribute{
		roleAttribute(func(b *T) *string { return &at(b).Role }),
		schema.Set("features", "Features: always the whole list. These are the names, under the titles of uberall's help page. "+partsByHeading()+
			". Other features have the names of the API, such as CHAT_READ. Without "+profileEdit+", users can still connect Google and Facebook.",
			func(b *T) *[]string { return &at(b).Features }).
			With(schema.CarriesRights).Normal(readable).Check(featureName).Like(`["location_profile.view", "customer_feedback.respond"]`),
		schema.Set("fields", "Fields of locations that "+profileEdit+" lets the user edit, by the names of the API. A user who gets "+profileEdit+" needs them.",
			func(b *T) *[]string { return &at(b).Fields }).
			With(schema.CarriesRights | schema.EmptyMayMeanAll).Like(`["phone", "openingHours"]`),
		schema.Set("dashboards", "Dashboards that "+insightsAdvanced+" shows, such as "+strings.Join(analyticsDashboards, ", ")+".",
			func(b *T) *[]string { return &at(b).Dashboards }).
			With(schema.CarriesRights | schema.EmptyMayMeanAll).Like(`["overview"]`),
	}
}

// lintRights checks the rights of one block against each other.
func lintRights(o *schema.Object, r *Rights) []schema.Finding {
	var out []schema.Finding
	has := func(name string) bool { return slices.Contains(r.Features, name) }
	for _, f := range r.Features {
		if !documented(f) {
			out = append(out, o.Problem("uberall/unknown-feature", "features", "Feature is not documented",
				fmt.Sprintf("uberall's documentation has no feature %q for users.%s", f, schema.DidYouMean(f, featureNames()))).
				About(f).Warn())
		}
		if view := viewOf(f); view != "" && !has(view) {
			out = append(out, o.Problem("uberall/write-without-view", "features", "Right to change without the right to view",
				fmt.Sprintf("%s lets users change what only %s shows. Add %[2]s, or remove %[1]s.", f, view)).About(f).Warn())
		}
	}
	for _, f := range r.Fields {
		if !slices.Contains(profileFields, f) {
			out = append(out, o.Problem("uberall/unknown-field", "fields", "Field is not documented",
				fmt.Sprintf("uberall's documentation has no field %q of locations.%s", f, schema.DidYouMean(f, profileFields))).About(f).Warn())
		}
	}
	for _, of := range r.parts() {
		switch {
		case len(of.set) > 0 && o.Has("features") && !has(of.main):
			out = append(out, mainRight(o, of))
		case len(of.set) == 0 && o.Has(of.attribute) && has(of.main):
			out = append(out, emptyParts(o, of))
		}
	}
	return out
}

// featureParts are the parts of a feature that can be given one by one.
type featureParts struct {
	attribute, main string
	set             []string
}

func (r *Rights) parts() [2]featureParts {
	return [...]featureParts{{"fields", profileEdit, r.Fields}, {"dashboards", insightsAdvanced, r.Dashboards}}
}

func mainRight(o *schema.Object, of featureParts) schema.Finding {
	return o.Problem("uberall/main-right", of.attribute, fmt.Sprintf("%s need the feature %s", of.attribute, of.main),
		fmt.Sprintf("Without this feature, %s have no effect. Add %q to features, or remove %[1]s.", of.attribute, of.main))
}

func emptyParts(o *schema.Object, of featureParts) schema.Finding {
	return o.Problem("uberall/empty-fields", of.attribute, fmt.Sprintf("%s is empty with the feature %s", of.attribute, of.main),
		fmt.Sprintf("uberall does not document whether an empty list means none of them or all. List the %s, or remove %s from features.", of.attribute, of.main))
}

// lintRole checks the features against the role.
func lintRole(o *schema.Object, r *Rights) []schema.Finding {
	if r.Role != locationManager || !slices.Contains(r.Features, userRights) {
		return nil
	}
	return []schema.Finding{o.Problem("uberall/no-effect", "features", "Location managers have no user rights",
		"uberall ignores "+userRights+" of a location manager. Remove it, or give the user another role.").About(userRights).Warn()}
}

// viewOf returns the feature that shows what a feature changes, or "". Whether uberall
// requires it is not documented.
func viewOf(name string) string {
	if before, ok := strings.CutSuffix(name, "_WRITE"); ok && slices.Contains(otherFeatures, before+"_READ") {
		return before + "_READ"
	}
	group, part, _ := strings.Cut(name, ".")
	view := group + ".view"
	if part == "" || name == view || name == insightsAdvanced || !documented(view) || !documented(name) {
		return ""
	}
	return view
}
