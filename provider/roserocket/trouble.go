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

// noSuch tells that a declared permission is not there, as far as that can be told
// from what else was read.
func (r *resolving) noSuch(o *schema.Object, err error) {
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
			p.Role, meant(p.Role, slices.Concat(roles, knownRoles)), text.List(knownRoles, len(knownRoles))))
	}
	if badObject {
		words = append(words, fmt.Sprintf("The object is %q.%s Keys of objects are in camelCase, as in order or payStub, and those of your own end in __c.",
			p.Object, meant(p.Object, slices.Concat(objects, knownObjects))))
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
	return meant(s, known)
}

func (r *resolving) exceptions(o *schema.Object, data string) {
	r.once(data, o, o.Problem("roserocket/exceptions", "data", "Exceptions make it a custom configuration",
		fmt.Sprintf("The fields of %s are not all as data = %q says, so Rose Rocket calls it custom, and that is what is written.", o.Addr.Key, data)).Warn())
}

func (r *resolving) unknownLiteral(o *schema.Object, word string) {
	r.once(word, o, o.Problem("roserocket/unknown-literal", "data", fmt.Sprintf("How Rose Rocket spells %s is not known", word),
		fmt.Sprintf("%s is to have data = %q. Rose Rocket documents only %q, for none; the others are learned from the permissions that are read, and "+
			"none of those shows for certain how %s is spelt. Set a permission to it in Rose Rocket and declare it here, or look data.option up and write "+
			"literals = { %s = \"...\" } into the provider block.", o.Addr.Key, word, noAccess, word, word)))
}

func (r *resolving) cannotSee(o *schema.Object) {
	f := o.Problem("roserocket/unseen", "", "Permissions cannot be read",
		"Rose Rocket lets them be written and answers no question about them. They are compared with what rolecall wrote last, as its journal says; "+
			"changes that were made elsewhere are not seen, and what is written is not checked.").Warn()
	if r.findings.at[fmt.Sprint(f.Code, "\x00", schema.Pos{}, "\x00")] == nil {
		f.Addr, f.Pos = schema.Address{Provider: r.Tenant}, schema.Pos{}
		r.once("", o, f)
	}
}

func (r *resolving) notEnough(o *schema.Object, lacks []string) {
	r.once(strings.Join(lacks, " "), o, o.Problem("roserocket/unseen-permission", "", "Too little is known to write this permission",
		fmt.Sprintf("Permissions cannot be read, the journal tells of no earlier write of %s, and Rose Rocket does not document what becomes of what is left out. "+
			"Write document = file(\"...\") with the JSON of the permission, copied from Rose Rocket in the browser; then the file may name only what it changes. "+
			"Or the file has to say everything: it lacks %s.", o.Addr.Key, text.List(lacks, len(lacks)))))
}

func (r *resolving) needless(o *schema.Object) {
	r.once("", o, o.Problem("roserocket/needless-document", "document", "The document is not used",
		fmt.Sprintf("Permissions can be read in this organization, so %s is written into what is live. Take document out.", o.Addr.Key)).Warn())
}
