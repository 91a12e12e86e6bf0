package config

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An origin is what is kept of how an object came about.
type origin struct {
	key      string // each.key of its block; empty without for_each
	computed bool   // it is declared in short, by an entry that an expression gives
}

// LocateRows fills in Rows of findings about values that come from rows of CSV, YAML or
// JSON files. It reads the files of the configuration again where it has to.
func (c *Config) LocateRows(findings []schema.Finding) {
	if len(findings) == 0 || c.data == nil || len(c.data.data) == 0 {
		return
	}
	objects := c.objectsOf(findings)
	files := c.files.reopen()
	data := &dataPlaces{files: files, local: files.locals(c.Files), known: map[valuePlace]dataPlace{}}
	var queries []rowQuery
	var asked []int
	for i := range findings {
		f := findings[i]
		for _, a := range append([]schema.Address{f.Addr}, f.Also[:min(len(f.Also), maxRows-1)]...) {
			object := objects[a]
			if a != f.Addr && object.object != nil {
				f.Pos = object.object.Pos
			}
			if q, ok := data.query(&f, object); ok {
				queries, asked = append(queries, q), append(asked, i)
			}
		}
	}
	if len(queries) == 0 {
		return
	}
	for n, rows := range c.data.rowSearch(c.blockKeys(queries)).find(queries) {
		f := &findings[asked[n]]
		f.Rows = append(f.Rows, rows...)
	}
	for i := range findings {
		slices.SortFunc(findings[i].Rows, comparePos)
		findings[i].Rows = slices.Compact(findings[i].Rows)
	}
}

// A declared object with its origin. The object is nil where nothing is declared.
type declared struct {
	object *schema.Object
	origin origin
}

// objectsOf finds the objects that findings are about.
func (c *Config) objectsOf(findings []schema.Finding) map[schema.Address]declared {
	out := make(map[schema.Address]declared, len(findings))
	for i := range findings {
		out[findings[i].Addr] = declared{}
		for _, a := range findings[i].Also {
			out[a] = declared{}
		}
	}
	c.each(func(o *schema.Object, from origin) {
		if _, wanted := out[o.Addr]; wanted {
			out[o.Addr] = declared{o, from}
		}
	})
	return out
}

// each goes over all objects with their origins.
func (c *Config) each(do func(*schema.Object, origin)) {
	for t, origins := range c.origins {
		for i, from := range origins {
			do(&c.Tenants[t].Objects[i], from)
		}
	}
}

// blockKeys lists the keys of all objects of the blocks that queries are about.
func (c *Config) blockKeys(queries []rowQuery) map[schema.Pos][]string {
	wanted := map[schema.Pos]bool{}
	for i := range queries {
		wanted[queries[i].block] = true
	}
	out := map[schema.Pos][]string{}
	c.each(func(o *schema.Object, from origin) {
		if keys := from.keys(o); wanted[o.Pos] && len(keys) > 0 {
			out[o.Pos] = append(out[o.Pos], keys[0])
		}
	})
	return out
}

// keys lists what the rows of an object may be known by, the best first. There is none
// where the object is written out.
func (from origin) keys(o *schema.Object) []string {
	switch {
	case from.computed && from.key != "":
		return append(namesOf(o), from.key)
	case from.computed:
		return namesOf(o)
	case from.key != "":
		return append([]string{from.key}, namesOf(o)...)
	}
	return nil
}

// namesOf lists the parts of an object's key, the last first.
func namesOf(o *schema.Object) []string {
	var out []string
	for i := range o.Kind.Attributes {
		if row := &o.Kind.Attributes[i]; row.Is(schema.Key) && o.Set.Has(i) {
			out = append(out, row.Texts(o.Body)...)
		}
	}
	slices.Reverse(out)
	return out
}

// query describes the rows that a finding about the object may mean.
func (d declared) query() rowQuery {
	if d.object == nil {
		return rowQuery{}
	}
	q := rowQuery{block: d.object.Pos, keys: d.origin.keys(d.object)}
	if len(q.keys) == 0 {
		q.hints = namesOf(d.object)
		return q
	}
	for i := range d.object.Kind.Attributes {
		if d.object.Set.Has(i) {
			q.texts = append(q.texts, d.object.Kind.Attributes[i].Texts(d.object.Body)...)
		}
	}
	return q
}

// valueIn returns the text that a finding about the object means, or "".
func (d declared) valueIn(f *schema.Finding) string {
	if f.Value != "" || d.object == nil {
		return f.Value
	}
	value, _ := d.object.Any(f.Attribute).(string)
	return value
}
