package roserocket

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// fieldLists are the lists of fields that name fields.
var fieldLists = []string{edit, read, hide}

// isPattern reports whether a member of a list stands for more than one name.
func isPattern(s string) bool { return strings.ContainsAny(s, `*?[{\`) }

// validatePermission checks what a block says without the product.
func validatePermission(o *schema.Object) []schema.Finding {
	p := o.Body.(*Permission)
	out := slices.Concat(wrongMembers(o, p), wrongOthers(o, p), namedTwice(o, p), beyondNone(o, p))
	if len(p.Boards) > 0 {
		if _, nameless := p.Boards[""]; nameless {
			out = append(out, o.Problem("roserocket/boards", "boards", "A board has no key", "Write the key of the board, as in boards = { contact = true }."))
		}
	}
	if o.Has("document") {
		if _, err := parseDocument(p.Document); err != nil {
			out = append(out, o.Problem("roserocket/document", "document", "This is not the JSON of a permission",
				fmt.Sprintf("%s. Copy the whole JSON of the permission from Rose Rocket, with boards, record and data.", err)))
		}
	}
	if !o.Has("data") && !o.Has("boards") && !o.Has("record") && !o.Has("fields") {
		out = append(out, o.Problem("roserocket/empty-permission", "", "The permission says nothing",
			"Write what the role may do: data, record, boards or fields.").Warn())
	}
	return out
}

func wrongMembers(o *schema.Object, p *Permission) []schema.Finding {
	var out []schema.Finding
	for _, name := range fieldLists {
		for _, m := range p.Fields[name] {
			switch {
			case m == "":
				out = append(out, o.Problem("roserocket/fields", "fields", "A field has no name",
					fmt.Sprintf("One member of %s is an empty text. Take it out, or write the field that was meant.", name)))
			case isPattern(m) && !schema.ValidPattern(m):
				out = append(out, o.Problem("roserocket/fields", "fields", "This is not a pattern",
					fmt.Sprintf("%q in %s cannot be read as a pattern. * stands for any text, ? for one character, [a-z] for one of several, "+
						"{a,b} for either; a backslash makes the next character an ordinary one.", m, name)).About(m))
			}
		}
	}
	return out
}

func wrongOthers(o *schema.Object, p *Permission) []schema.Finding {
	said, ok := p.Fields[others]
	if !ok || len(said) == 1 && slices.Contains([]string{keep, hide, read}, said[0]) {
		return nil
	}
	return []schema.Finding{o.Problem("roserocket/others", "fields", "others is one word",
		`others says what happens to fields that no list names. Write others = "keep", "hide" or "read".`)}
}

// namedTwice finds names and patterns that stand in two lists.
func namedTwice(o *schema.Object, p *Permission) []schema.Finding {
	in := map[string]string{}
	var out []schema.Finding
	for _, name := range fieldLists {
		for _, m := range p.Fields[name] {
			if first, twice := in[m]; twice && m != "" {
				out = append(out, o.Problem("roserocket/field-twice", "fields", "A field is in two lists",
					fmt.Sprintf("%q is in %s and in %s. Take it out of one of them.", m, first, name)).About(m))
				continue
			}
			in[m] = name
		}
	}
	return out
}

// beyondNone finds rights on fields of an object without access.
func beyondNone(o *schema.Object, p *Permission) []schema.Finding {
	if p.Data != dataNone {
		return nil
	}
	var more []string
	for _, name := range []string{edit, read} {
		if len(p.Fields[name]) > 0 {
			more = append(more, name)
		}
	}
	if slices.Equal(p.Fields[others], []string{read}) {
		more = append(more, others)
	}
	if len(more) == 0 {
		return nil
	}
	return []schema.Finding{o.Problem("roserocket/data-and-fields", "fields", "No access leaves no field to read or edit",
		fmt.Sprintf("data = \"none\" hides every field, and takes the object out of the role's navigation, while %s in fields would show some. "+
			"For a role that sees only a few fields write data = \"custom\" and others = \"hide\".", text.List(more, 3)))}
}

// A row is one field of a live permission.
type row struct {
	key, right string
	derived    bool
}

// A clash is a field that two patterns give different rights.
type clash struct{ field, one, oneIn, other, otherIn string }

// A choice is what the lists of a block come to for the fields of one object.
type choice struct {
	rights  map[string]string // by field
	missing [][2]string       // list and name that no field has
	hit     map[[2]string]bool
	clashes []clash
	derived []string // named for editing, which they cannot be
	skipped []string // derived fields that a pattern for editing would have matched
}

// choose finds out which list each field is in. A name counts more than a pattern.
func choose(lists map[string][]string, rows []row) choice {
	c := choice{rights: map[string]string{}, hit: map[[2]string]bool{}}
	at := make(map[string]*row, len(rows))
	for i := range rows {
		at[rows[i].key] = &rows[i]
	}
	for _, name := range fieldLists {
		for _, m := range lists[name] {
			if isPattern(m) {
				continue
			}
			f := at[m]
			switch {
			case f == nil:
				c.missing = append(c.missing, [2]string{name, m})
			case f.derived && name == edit:
				c.derived = append(c.derived, m)
			default:
				c.rights[m] = name
			}
		}
	}
	c.match(lists, rows)
	c.skipped = slices.DeleteFunc(slices.Compact(c.skipped), func(key string) bool { return c.rights[key] != "" })
	return c
}

// match gives the fields that no list names to the patterns.
func (c *choice) match(lists map[string][]string, rows []row) {
	type pattern struct {
		text, list string
		glob       schema.Pattern
	}
	var patterns []pattern
	for _, name := range fieldLists {
		for _, m := range lists[name] {
			if glob, ok := schema.ParsePattern(m); ok && isPattern(m) {
				patterns = append(patterns, pattern{m, name, glob})
			}
		}
	}
	for i := range rows {
		f := &rows[i]
		_, named := c.rights[f.key]
		var first *pattern
		for j := range patterns {
			p := &patterns[j]
			if !p.glob.Match(f.key) {
				continue
			}
			c.hit[[2]string{p.list, p.text}] = true
			switch {
			case named:
			case f.derived && p.list == edit:
				c.skipped = append(c.skipped, f.key)
			case first == nil:
				first = p
				c.rights[f.key] = p.list
			case first.list != p.list && (len(c.clashes) == 0 || c.clashes[len(c.clashes)-1].field != f.key):
				c.clashes = append(c.clashes, clash{f.key, first.text, first.list, p.text, p.list})
			}
		}
	}
}
