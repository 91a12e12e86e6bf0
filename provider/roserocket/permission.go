package roserocket

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Permission is what one role may do with one object. Its key is "role/object".
type Permission struct {
	Role   string
	Object string
	Data   string              // a word, or Rose Rocket's literal where it has no word
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

// The sorts of rights: whoever sees no board, changes nothing or reads nothing any more has
// lost a lot, whatever stays of the others.
const (
	sortBoards = "boards"
	sortChange = "change"
	sortRead   = "read"
)

// permissionGrants lists what the role may do with the object. Who has the role is
// not in the API, so the permission stands for them.
func permissionGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	p := o.Body.(*Permission)
	var out []schema.Grant
	add := func(sort, right string) {
		out = append(out, schema.Grant{Right: right, Scope: p.Object, Via: "role " + p.Role, Sort: sort})
	}
	for _, name := range slices.Sorted(maps.Keys(p.Record)) {
		if p.Record[name] {
			add(sortChange, name+" records")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Boards)) {
		if p.Boards[key] {
			add(sortBoards, "see board "+key)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(p.Access)) {
		switch right := p.Access[field]; right {
		case hide:
		case edit:
			add(sortChange, "edit "+field)
			add(sortRead, "read "+field)
		default:
			add(sortRead, right+" "+field)
		}
	}
	return out
}
