package roserocket

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// reportMissing reports that a declared permission does not exist, as far as that can be known
// from the others.
func (r *resolving) reportMissing(o *schema.Object, err error) {
	p := o.Body.(*Permission)
	roles, objects := r.good()
	var words []string
	if e := (*provider.Error)(nil); errors.As(err, &e) && e.Reason != "" {
		words = append(words, fmt.Sprintf("Rose Rocket answered %d: %s.", e.Status, strings.TrimSuffix(e.Reason, ".")))
	}
	attribute, summary := "", "There is no such role or no such object"
	badRole, badObject := !slices.Contains(roles, p.Role), !slices.Contains(objects, p.Object)
	switch {
	case badRole && !badObject:
		attribute, summary = "role", "There is no such role"
	case badObject && !badRole:
		attribute, summary = "object", "There is no such object"
	case !badRole && !badObject:
		summary = "There is no permission for this pair"
	}
	if provider.Status(err) == http.StatusForbidden {
		summary = "This permission may not be read"
		words = append(words, "Either the account lacks a right that it has for others, or the key is wrong. "+adminHint)
	}
	if badRole {
		words = append(words, fmt.Sprintf("The role is %q.%s Seen so far are %s; an organization may have fewer, or others.",
			p.Role, schema.DidYouMean(p.Role, slices.Concat(roles, knownRoles)), text.List(knownRoles, len(knownRoles))))
	}
	if badObject {
		words = append(words, fmt.Sprintf("The object is %q.%s Keys of objects are in camelCase, as in order or payStub, and those of your own end in __c.",
			p.Object, schema.DidYouMean(p.Object, slices.Concat(objects, knownObjects))))
	}
	if !badRole && !badObject {
		words = append(words, "Both keys are known from other permissions, so the role has none for this object. Take the block out.")
	}
	r.add(schema.JoinKey(p.Role, p.Object), o, o.Problem("roserocket/unknown-permission", attribute, summary, strings.Join(words, " ")))
}

// good lists the roles and objects of which a permission was read.
func (r *resolving) good() (roles, objects []string) {
	for _, key := range slices.Sorted(maps.Keys(r.readings)) {
		if d := r.readings[key].doc; d != nil && len(*d.Data.Fields) > 0 {
			if parts, ok := schema.SplitKey(key, 2); ok {
				roles, objects = append(roles, parts[0]), append(objects, parts[1])
			}
		}
	}
	return schema.Canonical(roles), schema.Canonical(objects)
}

// empty: whether Rose Rocket refuses unknown keys is not documented.
func (r *resolving) empty(o *schema.Object) {
	p := o.Body.(*Permission)
	r.add(o.Addr.Key, o, o.Problem("roserocket/unknown-permission", "", "The permission has no fields and no boards",
		fmt.Sprintf("Rose Rocket answers for %s, and shows neither a field nor a board, so it may know no such role or object.%s%s Correct the keys, or take the block out.",
			o.Addr.Key, meantOther(p.Role, knownRoles), meantOther(p.Object, knownObjects))))
}

func meantOther(s string, known []string) string {
	if slices.Contains(known, s) {
		return ""
	}
	return schema.DidYouMean(s, known)
}

// knownRoles are the keys of Rose Rocket's own roles. Not every organization has
// all of them.
var knownRoles = []string{
	"super-admin", "admin", "manager", "operations", "csr", "sales", "driver", "customer", "partner", "partner-carrier-user", "external", "guest",
}

// knownObjects are the keys of objects that Rose Rocket documents. Objects of an
// organization's own end in __c.
var knownObjects = []string{
	"address", "asset", "bill", "board", "commodity", "contact", "customer", "document", "event", "financialLineItem", "fuelIndex", "glAccount",
	"invoice", "manifest", "order", "partner", "payStub", "quote", "stop", "tag", "tariff", "task", "taxRate", "taxRateComponent", "taxRule",
	"user", "userGroup", "webhookDestination", "webhookSubscription",
}
