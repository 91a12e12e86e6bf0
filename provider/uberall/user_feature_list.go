package uberall

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// headings are the features as the help page calls them, with how the names of their parts
// begin.
var headings = []struct{ title, group string }{
	{"Location profile and Directories", "location_profile"},
	{"Customer Feedback", "customer_feedback"},
	{"Response Library", "response_library"},
	{"Automated Responses", "automated_responses"},
	{"First Party Review Approval", "first_party_review_approval"},
	{"Posting", "posting"},
	{"Ads", "ads"},
	{"User rights", userRights},
	{"Insights", "insights"},
	{"Upgrade and downgrade of plan", "upgrade"},
	{"Edit of user personal information", "own_data"},
	{"Price and Billing information", "billing"},
	{"Access Help section", "help"},
}

// featureTitles returns by feature the heading of the help page and the API's name.
func featureTitles() map[string][]string {
	out := map[string][]string{}
	for _, h := range headings {
		for _, name := range partsOf(h.group) {
			out[name] = append(apiNames([]string{name}), h.title)
		}
	}
	return out
}

// partsOf lists the names of the parts of a feature.
func partsOf(group string) []string {
	var out []string
	for _, f := range features {
		if first, _, _ := strings.Cut(f.name, "."); first == group {
			out = append(out, f.name)
		}
	}
	return out
}

// partsByHeading lists all readable names under the titles of the help page.
func partsByHeading() string {
	out := make([]string, len(headings))
	for i, h := range headings {
		out[i] = h.title + ": " + strings.Join(partsOf(h.group), ", ")
	}
	return strings.Join(out, "; ")
}

// Permissions lists the features that the key has, which are those that it can give and
// take.
func (c *client) Permissions(ctx context.Context, _ []schema.Object) (provider.Permissions, error) {
	out := provider.Permissions{
		Attribute: "features",
		Notes:     []string{"These are the features of the key's own user: uberall lets users give and take no others."},
	}
	own, err := c.ownFeatures(ctx)
	var lacking []string
	for _, h := range headings {
		for _, name := range partsOf(h.group) {
			if slices.Contains(own, name) {
				out.List = append(out.List, provider.Permission{Name: name, Section: h.title})
			} else {
				lacking = append(lacking, name)
			}
		}
	}
	for _, name := range schema.Canonical(own) {
		if name == strings.ToUpper(name) {
			out.List = append(out.List, provider.Permission{Name: name, Section: "Names of the API"})
		}
	}
	if len(lacking) > 0 {
		out.Notes = append(out.Notes, "The key does not have "+strings.Join(lacking, ", ")+".")
	}
	return out, err
}

// ownFeatures lists the features of the key.
func (c *client) ownFeatures(ctx context.Context) ([]string, error) {
	var answer struct {
		Response struct{ DefaultFeatures []string }
	}
	err := c.rest.Do(ctx, rest.Call{Op: "read the features of the key", Method: http.MethodGet, Path: "/features", Validate: func() error {
		if answer.Response.DefaultFeatures == nil {
			return errors.New(`the answer has no list "defaultFeatures"`)
		}
		return nil
	}}, &answer)
	own := answer.Response.DefaultFeatures
	for i := range own {
		own[i] = readable(own[i])
	}
	return own, err
}
