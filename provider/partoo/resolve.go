package partoo

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Resolve turns the store codes of groups and users into businesses, and an empty
// custom role into the built-in role that it means.
func (c *client) Resolve(ctx context.Context, desired []schema.Object) (provider.Resolved, error) {
	if err := c.resolveRoles(ctx, desired); err != nil {
		return provider.Resolved{}, err
	}
	codes, ids := referencedBusinesses(desired)
	b := &businessIndex{ids: map[string]string{}, codes: map[string]string{}, labels: map[string]string{}}
	if err := c.lookUp(ctx, b, codes); err != nil {
		return provider.Resolved{}, err
	}
	asked, err := c.lookUpIDs(ctx, b, ids)
	if err != nil {
		return provider.Resolved{}, err
	}
	s := &storeCodeResolver{businessIndex: b, idsLookedUp: asked}
	for i := range desired {
		s.merge(&desired[i])
	}
	labels := map[string]string{}
	for id, label := range b.labels {
		if label != "" {
			labels[id] = label
		}
	}
	return provider.Resolved{Findings: s.findings, Labels: labels}, nil
}

// resolveRoles replaces the empty custom role of a manager by the built-in role.
func (c *client) resolveRoles(ctx context.Context, desired []schema.Object) error {
	for i := range desired {
		u, isUser := desired[i].Body.(*User)
		if isUser && c.legacy { // what a new user has
			u.Pages, desired[i].Set = slices.Clone(sidebarPages), desired[i].Set.With(pagesIndex)
		}
		if !isUser || roleOf(u.Role).builtin == noBuiltin || !empty(&desired[i], "custom_role") {
			continue
		}
		key, err := c.builtin(ctx, u.Role)
		if err != nil {
			return err
		}
		u.CustomRole = key
	}
	return nil
}

// referencedBusinesses returns the store codes and ids in the files, sorted.
func referencedBusinesses(desired []schema.Object) (codes, ids []string) {
	c, d := map[string]bool{}, map[string]bool{}
	for i := range desired {
		o := &desired[i]
		for _, of := range []struct {
			attribute string
			in        map[string]bool
		}{{"store_codes", c}, {"businesses", d}} {
			set, _ := o.Any(of.attribute).([]string)
			for _, s := range set {
				of.in[s] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(c)), slices.Sorted(maps.Keys(d))
}

// resolveOffline lets store codes stand for their businesses.
func resolveOffline(desired []schema.Object) []string {
	codes, ids := referencedBusinesses(desired)
	for i := range desired {
		o := &desired[i]
		if !o.Has("store_codes") {
			continue
		}
		switch body := o.Body.(type) { // the form of an id is not that of a code
		case *Group:
			body.Businesses = schema.Canonical(slices.Concat(body.Businesses, body.StoreCodes))
		case *User:
			body.Businesses = schema.Canonical(slices.Concat(body.Businesses, body.StoreCodes))
		}
		o.Set |= o.Kind.Mask("businesses")
	}
	if len(codes) > 0 && len(ids) > 0 {
		return []string{"Some files name businesses by store code and others by id. Only Partoo knows which are the same, so they count as different businesses."}
	}
	return nil
}

// A storeCodeResolver writes the found ids into the desired objects, and reports codes and ids
// that were not found.
type storeCodeResolver struct {
	*businessIndex
	idsLookedUp bool // the ids were looked up
	findings    []schema.Finding
	suggestions int
}

// maxSuggestions limits the search for similar codes.
const maxSuggestions = 20

func (s *storeCodeResolver) merge(o *schema.Object) {
	if ids, _ := o.Any("businesses").([]string); s.idsLookedUp {
		for _, id := range ids {
			if _, known := s.codes[id]; !known {
				s.findings = append(s.findings, s.unknownID(o, id))
			}
		}
	}
	codes, set := o.Any("store_codes").([]string)
	if !set {
		return
	}
	i := o.Kind.Index("businesses")
	ids, _ := o.Any("businesses").([]string)
	ids = slices.Clone(ids)
	for _, code := range codes {
		if id := s.ids[code]; id != "" {
			ids = append(ids, id)
		} else {
			s.findings = append(s.findings, s.unknownCode(o, code))
		}
	}
	o.Kind.Attributes[i].SetAny(o.Body, ids)
	o.Set = o.Set.With(i)
}

// Whether the search shows closed businesses is not documented.
const maybeHidden = "A business that is closed may be hidden from the search"

func (s *storeCodeResolver) unknownCode(o *schema.Object, code string) schema.Finding {
	detail := fmt.Sprintf("Partoo's business search finds no business with the code %q.", code)
	if s.suggestions++; s.suggestions <= maxSuggestions {
		detail += schema.DidYouMean(code, slices.Sorted(maps.Keys(s.ids)))
	}
	return o.Problem("partoo/unknown-store-code", "store_codes", "No business has this store code",
		detail+" Correct the code. "+maybeHidden+": write its id into businesses.").About(code)
}

func (s *storeCodeResolver) unknownID(o *schema.Object, id string) schema.Finding {
	detail := fmt.Sprintf("Partoo's business search finds no business with the id %q. %s. Otherwise check the id.", id, maybeHidden)
	if s.ids[id] != "" {
		detail = fmt.Sprintf("%q is a store code. Move it to store_codes.", id)
		return o.Problem("partoo/unknown-business", "businesses", "This is a store code, not a business id", detail).About(id)
	}
	return o.Problem("partoo/unknown-business", "businesses", "No business with this id was found", detail).About(id).Warn()
}
