package partoo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Check checks a plan against the live organization: which permissions exist, which names
// are taken, what the key may do, and which changes would show users more than intended.
func (c *client) Check(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	k := &checking{client: c, View: v}
	all, err := k.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	k.add(c.preflight(v, all)...)
	if all != nil {
		k.permissions(all)
	}
	if err := k.names(ctx); err != nil {
		return nil, err
	}
	for i := range v.Changes {
		k.change(&v.Changes[i])
	}
	k.effect()
	c.planned = nil
	if change := k.systemChange(); change != nil {
		if c.planned, err = c.newSwitching(ctx, &k.View, change); err != nil {
			return nil, err
		}
	}
	k.permissionSystem()
	if err := k.closedFieldsUnknown(ctx); err != nil {
		return nil, err
	}
	k.singleSignOn()
	if err := k.groups(ctx); err != nil {
		return nil, err
	}
	return k.findings, nil
}

// A checking is the check of one plan.
type checking struct {
	*client
	provider.View
	findings []schema.Finding
}

func (k *checking) add(f ...schema.Finding) { k.findings = append(k.findings, f...) }

// change checks one planned write.
func (k *checking) change(r *provider.Request) {
	if r.Want == nil {
		return
	}
	switch w := r.Want.Body.(type) {
	case *Role:
		k.role(r, w)
	case *User:
		k.user(r, w)
	}
}

// Characters that Partoo forbids in names. The full stop at the end of both lists in its
// documentation is punctuation: the pattern of a similar field does not contain it.
const (
	notInRoles  = `,;/\|<>`
	notInGroups = `,;/`
)

// upTo returns a rule for texts of 1 to hi characters without the forbidden ones. A hi of 0
// is no limit.
func upTo(hi int, forbidden string) func(string) error {
	return func(s string) error {
		if i := strings.IndexAny(s, forbidden); i >= 0 {
			return fmt.Errorf("must not contain %q; Partoo forbids %s here", s[i:i+1], forbiddenWords(forbidden))
		}
		switch n := utf8.RuneCountInString(s); {
		case n == 0:
			return errors.New("must not be empty")
		case hi > 0 && n > hi:
			return fmt.Errorf("must have at most %d characters; this has %d", hi, n)
		}
		return nil
	}
}

// forbiddenWords separates characters by spaces: , ; /
func forbiddenWords(characters string) string {
	return strings.Join(strings.Split(characters, ""), " ")
}

// empty reports whether the attribute is set to "".
func empty(o *schema.Object, attribute string) bool {
	s, set := o.Any(attribute).(string)
	return set && s == ""
}
