// Package lint finds what is probably not meant in files that are valid: roles that nobody has, equal
// roles, users without a place to act. It warns only of what the files alone show: of an object that
// others may have whom no file declares it says nothing. Rights are those of package access. It is pure:
// it sends no requests, reads no files and has no clock.
package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Input is what is checked.
type Input struct {
	Tenant *schema.Tenant
	// MaxAdministrators is how many administrators the files may declare; negative means any number.
	MaxAdministrators int
	// Earlier is the tenant as the commit Since has it. Nil means that renames are not looked for.
	Earlier *schema.Tenant
	Since   string
	// Renamed has by the address in Earlier the present one, of objects whose block has another key now.
	Renamed map[schema.Address]schema.Address
	// Generated reports whether rolecall import or partoo legacy wrote a file. It may be nil.
	Generated func(file string) bool
}

// Check returns warnings about a tenant, sorted by place. The files have no error.
func Check(in Input) []schema.Finding {
	c := &check{Input: in, used: map[silence]bool{}, told: map[*schema.Object]bool{}}
	for _, k := range in.Tenant.Product.Kinds {
		if k.Subject && !k.Virtual {
			c.withoutScope(k)
		}
	}
	for _, k := range in.Tenant.Product.Kinds {
		if grants(k) {
			c.unused(k)
			c.equal(k)
			c.contained(k)
			c.unusable(k)
		}
	}
	if in.MaxAdministrators >= 0 {
		c.administrators()
	}
	if in.Earlier != nil {
		c.renames()
	}
	if in.Tenant.Product.Lint != nil {
		for _, f := range in.Tenant.Product.Lint(in.Tenant.Objects) {
			c.report(c.find(f.Addr.Kind, f.Addr.Key), f)
		}
	}
	c.silences()
	slices.SortStableFunc(c.findings, func(a, b schema.Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), a.Addr.Compare(b.Addr), cmp.Compare(a.Code, b.Code))
	})
	return c.findings
}

// A check collects the findings about one tenant.
type check struct {
	Input
	findings []schema.Finding
	used     map[silence]bool
	told     map[*schema.Object]bool // whose warning says all: an unused role, a user without a place
	ignored  *schema.IgnoreSet
}

// A silence is one entry of allow in one block.
type silence struct {
	pos  schema.Pos
	code string
}

// report adds a finding about an object, unless its block silences it.
func (c *check) report(o *schema.Object, f schema.Finding) {
	if !c.allowed(o, f.Code) {
		c.findings = append(c.findings, f.Warn())
	}
}

// allowed reports whether the block of an object silences a finding, and notes that it does.
func (c *check) allowed(o *schema.Object, code string) bool {
	if o == nil || !o.Allows(code) {
		return false
	}
	c.used[silence{o.Pos, code}] = true
	return true
}

// silences reports the entries of allow that silence nothing.
func (c *check) silences() {
	for i := range c.Tenant.Objects {
		if o := &c.Tenant.Objects[i]; len(o.Allow) > 0 && o.Kind.Validate != nil {
			for _, f := range o.Kind.Validate(o) {
				c.allowed(o, f.Code)
			}
		}
	}
	lints := c.Tenant.Product.Lints()
	for i := range c.Tenant.Objects {
		o := &c.Tenant.Objects[i]
		if len(o.Allow) == 0 {
			continue
		}
		for n := range lints {
			l := &lints[n]
			at := silence{o.Pos, l.Code}
			if !o.Allows(l.Code) || c.used[at] || !c.asked(l) {
				continue
			}
			c.used[at] = true // once for all objects of the block
			c.findings = append(c.findings, o.Problem(schema.LintSilence, "allow", "allow silences nothing",
				fmt.Sprintf("Without the entry %s there would be no such warning about this block. Delete the entry; otherwise it would hide a later warning.", l.Name())).About(l.Name()).Warn())
		}
	}
}

// asked reports whether everything that a lint could say was looked for.
func (c *check) asked(l *schema.Lint) bool {
	switch l.Code {
	case schema.LintAdministrators:
		return c.MaxAdministrators >= 0
	case schema.LintLostRename:
		return c.Earlier != nil
	}
	return !l.Plan
}

// find returns a declared object, or nil. Objects are sorted by level and key.
func (c *check) find(kind, key string) *schema.Object {
	p := c.Tenant.Product
	level := p.Level(kind)
	i, found := slices.BinarySearchFunc(c.Tenant.Objects, key, func(o schema.Object, key string) int {
		return cmp.Or(cmp.Compare(p.Level(o.Kind.Name), level), cmp.Compare(o.Addr.Key, key))
	})
	if !found {
		return nil
	}
	return &c.Tenant.Objects[i]
}

// of lists the declared objects of a kind.
func (c *check) of(k *schema.Kind) []schema.Object {
	p := c.Tenant.Product
	level := p.Level(k.Name)
	at := func(level int) int {
		i, _ := slices.BinarySearchFunc(c.Tenant.Objects, level, func(o schema.Object, level int) int {
			return cmp.Or(cmp.Compare(p.Level(o.Kind.Name), level), 1) // the first one that is not before it
		})
		return i
	}
	return c.Tenant.Objects[at(level):at(level+1)]
}

// place names an object with its place: "role.keeper (people.hcl line 3)".
func place(o *schema.Object) string {
	return fmt.Sprintf("%s (%s line %d)", o.Addr, o.Pos.File, o.Pos.Line)
}

// renames reports objects that may have been renamed without previously.
func (c *check) renames() {
	for _, r := range since.Renames(c.Earlier, c.Tenant, c.Renamed) {
		how := "Its name is nearly the same."
		switch {
		case r.SameBlock:
			how = "It was declared by this block."
		case r.SameContent && r.To.Kind.Subject:
			how = "It has the same name."
		case r.SameContent:
			how = "It has the same content."
		}
		word := text.Words(r.To.Kind.Name)
		c.report(r.To, r.To.Problem(schema.LintLostRename, "", "Possible rename without previously", fmt.Sprintf(
			"At %s the files declared %s (%s line %d), and no block declares it now. %s If the one became the other, write previously = [%q] in this block: "+
				"then the %s keeps what belongs to it. If it is another %s, %s", c.Since, r.From.Addr, r.From.Pos.File, r.From.Pos.Line, how, r.From.Addr.Key, word, word,
			schema.Silencing(schema.LintLostRename))))
	}
}
