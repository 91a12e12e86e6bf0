package roserocket

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Permission is what one role may do with one object. Its key is "role/object".
type Permission struct {
	Role   string
	Object string
	Data   string              // a word of data, or Rose Rocket's literal if no word is known for it
	Option string              // Rose Rocket's literal of Data
	Boards map[string]bool     // by key: whether it is shown
	Record map[string]bool     // create, delete
	Fields map[string][]string // input: edit, read, hide, others
	Access map[string]string   // by field: edit, read, hide, or Rose Rocket's own word
	// Document is the JSON of a permission, in which the rights are written where
	// permissions cannot be read.
	Document string
}

const (
	recordCreate = "create"
	recordDelete = "delete"
	others       = "others"
)

var permissionKind = schema.Kind{
	Name: "permission",
	Doc: "A permission says what one role may do with one object, as in permission \"sales\" \"order\". Rose Rocket has one for every role and object, " +
		"so none is created or deleted: rolecall changes what a block names and leaves the rest as it is, and a block that leaves the files is " +
		"forgotten, which changes nothing in Rose Rocket. There is no list of roles or objects; each declared pair is read by itself.",
	UpdateOnly: true,
	NoList:     true,
	Attributes: []schema.Attribute{
		schema.String("role", "Key of the role. Seen so far: super-admin, admin, manager, operations, csr, sales, driver, customer, partner "+
			"(in some organizations partner-carrier-user), external and guest. An organization may have fewer, or others.",
			func(p *Permission) *string { return &p.Role }).
			With(schema.Key | schema.Label | schema.Required).Check(pathPart).Like(`"sales"`),
		schema.String("object", "Key of the object, such as order, customer or invoice. Objects of your own end in __c.",
			func(p *Permission) *string { return &p.Object }).
			With(schema.Key | schema.Label | schema.Required).Check(pathPart).Like(`"order"`),
		schema.String("data", "What the role may do with the object's fields as a whole: full, read_only, none or custom. It holds for every field "+
			"that fields does not name. Where fields names exceptions to full or read_only, Rose Rocket calls that custom, and so does the plan. "+
			"Without data, only the fields that fields names change.",
			func(p *Permission) *string { return &p.Data }).
			With(schema.CarriesRights).Values(dataWords...).Like(`"custom"`),
		schema.String("option", "How Rose Rocket's API spells data. It is learned from the permissions that are read, or from literals in the provider block.",
			func(p *Permission) *string { return &p.Option }).
			With(schema.Computed).Like(`"noAccess"`),
		schema.BoolMap("boards", "By the key of a board, whether the role sees it. Boards that are not named are left as they are: "+
			"Rose Rocket may move them itself when data changes.",
			func(p *Permission) *map[string]bool { return &p.Boards }).
			With(schema.MergeEntries | schema.ServerManaged | schema.CarriesRights).Like(`{ contact = true }`),
		schema.BoolMap("record", "Whether the role may create and delete records.",
			func(p *Permission) *map[string]bool { return &p.Record }).
			With(schema.MergeEntries|schema.CarriesRights).Entries(recordCreate, recordDelete).Like(`{ create = false, delete = false }`),
		schema.SetMap("fields", "Fields that the role may edit, may only read, and does not see, by name or by pattern, such as \"cost*\". A name counts "+
			"more than a pattern. others says what happens to fields that no list names: keep leaves them as they are, hide and read "+
			"say it for all of them. Without others, they are as data says where that is full or read_only, and are kept otherwise. "+
			"Derived fields are computed by Rose Rocket and cannot be edited.",
			func(p *Permission) *map[string][]string { return &p.Fields }).
			With(schema.ConfigOnly|schema.EmptyMayMeanAll).Entries(edit, read, hide, others).Like(`{ edit = ["notes"], read = ["customer", "status"], hide = ["margin", "cost*"], others = "keep" }`),
		schema.Map("access", "What follows from data and fields for each field: edit, read or hide.",
			func(p *Permission) *map[string]string { return &p.Access }).
			With(schema.Computed | schema.MergeEntries | schema.CarriesRights).Like(`{ notes = "edit" }`),
		schema.String("document", "JSON of this permission as Rose Rocket sends it, for organizations that let permissions be written and not read: the rights "+
			"that the block names are written into it, and it is sent whole, with everything else as it is there. Copy it from the browser, where the page of "+
			"the role's permissions loads it. Where permissions can be read it is not used.",
			func(p *Permission) *string { return &p.Document }).
			With(schema.ConfigOnly).Like(`file("sales-order.json")`),
	},
	Validate: validatePermission,
	Grants:   permissionGrants,
	GrantsAll: func(o *schema.Object) bool {
		p := o.Body.(*Permission)
		withheld := func(switches map[string]bool) bool {
			return slices.Contains(slices.Collect(maps.Values(switches)), false)
		}
		return p.Data == dataFull && p.Record[recordCreate] && p.Record[recordDelete] && !withheld(p.Boards)
	},
	People: schema.PeopleOf{Kind: "user", By: "role"},
}

// fieldLists are the lists of fields that name fields.
var fieldLists = []string{edit, read, hide}

// isPattern reports whether a member of a list may match several names.
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

// namedTwice finds names and patterns in two lists.
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
