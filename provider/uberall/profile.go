package uberall

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Profile is a named set of rights. uberall has no such object: its rights are written
// into every user that refers to it.
type Profile struct {
	Name   string
	Preset string
	Rights
}

var profileKind = schema.Kind{
	Name: "profile",
	Doc: "A profile is a named set of role, features and fields, such as \"store manager\". It lives in files only: its rights are written into every user " +
		"that refers to it, so a plan shows every user whom a change of the profile affects.",
	Virtual: true,
	Attributes: slices.Concat([]schema.Attribute{
		schema.String("name", "Name of the profile in files and plans. uberall does not know it.",
			func(p *Profile) *string { return &p.Name }).
			With(schema.Key | schema.Label | schema.Required).Like(`"store_manager"`),
		schema.String("preset", "Rights of a new user of the app, instead of features, fields and dashboards: \""+presetEverything+"\" for every part of the 13 features, \""+
			presetLocation+"\" for all but status change and upgrade. They are always sent one by one.",
			func(p *Profile) *string { return &p.Preset }).
			With(schema.ConfigOnly).Values(presetEverything, presetLocation).Like(`"location_manager"`),
	}, rightsRows(func(p *Profile) *Rights { return &p.Rights })),
	Validate: validateProfile,
}

// rightsAttributes are the attributes that a profile gives to users.
var rightsAttributes = []string{"role", "features", "fields", "dashboards"}

func validateProfile(o *schema.Object) []schema.Finding {
	p := o.Body.(*Profile)
	if p.Preset != "" {
		for _, name := range rightsAttributes[1:] {
			if o.Has(name) {
				return []schema.Finding{o.Problem("uberall/preset", name, "A preset already sets "+name,
					fmt.Sprintf("preset = %q sets features, fields and dashboards. Remove %s, or remove preset and list the rights.", p.Preset, name))}
			}
		}
	}
	return append(lintRights(o, &p.Rights), lintRole(o, &p.Rights)...)
}

// withPreset returns a profile with the rights of its preset written out.
func withPreset(o *schema.Object) schema.Object {
	p := o.Body.(*Profile)
	if p.Preset == "" {
		return *o
	}
	full := o.Clone()
	r := &full.Body.(*Profile).Rights
	r.Features, r.Fields, r.Dashboards = presetFeatures(p.Preset), schema.Canonical(slices.Clone(profileFields)), schema.Canonical(slices.Clone(analyticsDashboards))
	full.Set |= o.Kind.Mask(rightsAttributes[1:]...)
	return full
}

// applyProfile writes the rights of a profile into a user that refers to it.
func applyProfile(o *schema.Object, profiles map[string]*schema.Object) []schema.Finding {
	u := o.Body.(*User)
	p := profiles[u.Profile]
	if p == nil {
		return []schema.Finding{o.Problem("uberall/unknown-profile", "profile", "Reference to an unknown profile",
			fmt.Sprintf("No file declares the profile %q.%s", u.Profile, schema.DidYouMean(u.Profile, slices.Sorted(maps.Keys(profiles))))).About(u.Profile)}
	}
	full := withPreset(p)
	var out []schema.Finding
	for _, name := range rightsAttributes {
		from, to := profileKind.Index(name), userKind.Index(name)
		switch {
		case !full.Set.Has(from):
		case o.Set.Has(to):
			out = append(out, o.Problem("uberall/profile-conflict", name, "Both the user and the profile set "+name,
				fmt.Sprintf("The profile %q already sets %s. Remove %[2]s from the user or from the profile.", u.Profile, name)))
		default:
			userKind.Attributes[to].SetAny(u, full.Kind.Attributes[from].Any(full.Body)) // sets are shared
			o.Set = o.Set.With(to)
		}
	}
	if p.Body.(*Profile).Preset == "" && !(full.Has("role") && full.Has("features")) { // or it was said of the profile
		out = append(out, lintRole(o, &u.Rights)...)
	}
	return append(out, lintScope(o, u.Role)...)
}
