package schema

import "github.com/zclconf/go-cty/cty"

// Flags are the rules of one attribute that the machine acts upon.
type Flags uint32

// The flags.
const (
	Key           Flags = 1 << iota // part of the natural key
	Label                           // defaults to the block's label (or each.key)
	Required                        // must be set and not empty in a file
	Immutable                       // the product cannot change it once the object exists
	WriteOnce                       // an instruction for creation: sent then, never read, never compared
	ConfigOnly                      // read from files only; a Resolver turns it into other attributes
	ReadOnly                        // exported and shown, not settable in files
	CarriesRights                   // carries rights: never changed on the key's own user
	LongText                        // shown as a text difference
	WeakRef                         // a reference whose target need not exist, and that does not keep it: the product makes or drops what it names
	Computed                        // filled in by a Resolver from Input and then compared; shown, not settable in files
	MergeEntries                    // of a map: entries that the file does not name stay as they are
	ServerManaged                   // of a Partial map: entries that a change leaves alone may change with it, by the product's own doing
	FoldCase                        // upper and lower case do not matter: an e-mail address
	FoldHex                         // upper and lower case do not matter in texts of hexadecimal digits and dashes: a UUID, a hexadecimal id
	OwnedBy                         // of a reference in the key: the object is within what it names, and goes when that is deleted, without a call of its own. Of the kinds that the object refers to it names the last, those of WeakRef references aside
	// EmptyMayMeanAll: an empty value, or an empty set inside it, could let through
	// everything, because the product reads it so, does not say, or filters nothing
	// then. In a file, one that comes out of an expression is an error; only a written
	// [] is meant.
	EmptyMayMeanAll
	// Steering, of a setting: what apply writes for the same plan depends on it, so it
	// belongs to what is approved.
	Steering
)

// A Type is the shape of an attribute's value.
type Type uint8

// The types, with their Go form in a body and their form in HCL.
const (
	TypeString  Type = iota // string
	TypeBool                // bool
	TypeInt                 // int64; number in HCL
	TypeSet                 // []string, sorted and without duplicates; a list or set of strings in HCL
	TypeSets                // [][]string, a set of sets, each sorted; a list of lists in HCL
	TypeMap                 // map[string]string
	TypeBoolMap             // map[string]bool; map of bool in HCL
	TypeSetMap              // map[string][]string, each sorted; an object of lists of strings in HCL, where a single text is a list of one
)

var typeNames = [...]string{"string", "bool", "number", "set of string", "set of sets of string", "map of string", "map of bool", "map of sets of string"}

func (t Type) String() string { return typeNames[t] }

// Many reports whether a value has members that come and go: a set, a set of sets
// or a map.
func (t Type) Many() bool { return t != TypeString && t != TypeBool && t != TypeInt }

// Cty returns the type of the attribute's value in expressions.
func (t Type) Cty() cty.Type {
	switch t {
	case TypeBool:
		return cty.Bool
	case TypeInt:
		return cty.Number
	case TypeSet:
		return cty.List(cty.String)
	case TypeSets:
		return cty.List(cty.List(cty.String))
	case TypeMap:
		return cty.Map(cty.String)
	case TypeBoolMap:
		return cty.Map(cty.Bool)
	case TypeSetMap:
		return cty.Map(cty.List(cty.String))
	}
	return cty.String
}

// An Attribute is one row of a kind's table. Make one with String, Bool, Int,
// Set, Map, BoolMap, SetMap, Ref, RefSet, RefSets or RefMap.
type Attribute struct {
	Name    string
	Doc     string // one sentence or more
	Type    Type
	Flags   Flags
	Kinds   []string // kinds that the values refer to; empty for plain values
	Via     string   // virtual kind whose declared objects may stand for an inner set
	OneOf   []string // the only values, if the product documents a closed list
	Names   []string // the only names of entries in a map, if they are known
	Example string   // HCL expression, for documentation and starters

	normal    func(string) string
	check     func(string) error
	redundant func(body any) bool
	slot      slot
}

// String makes a row for a text.
func String[T any](name, doc string, at func(*T) *string) Attribute {
	return row(name, doc, TypeString, stringSlot[T]{at})
}

// Bool makes a row for true or false.
func Bool[T any](name, doc string, at func(*T) *bool) Attribute {
	return row(name, doc, TypeBool, boolSlot[T]{at})
}

// Int makes a row for a whole number.
func Int[T any](name, doc string, at func(*T) *int64) Attribute {
	return row(name, doc, TypeInt, intSlot[T]{at})
}

// Set makes a row for a set of texts.
func Set[T any](name, doc string, at func(*T) *[]string) Attribute {
	return row(name, doc, TypeSet, setSlot[T]{at})
}

// Map makes a row for texts by name.
func Map[T any](name, doc string, at func(*T) *map[string]string) Attribute {
	return row(name, doc, TypeMap, mapSlot[T]{at})
}

// BoolMap makes a row for what is on or off by name.
func BoolMap[T any](name, doc string, at func(*T) *map[string]bool) Attribute {
	return row(name, doc, TypeBoolMap, boolMapSlot[T]{at})
}

// SetMap makes a row for sets of texts by name.
func SetMap[T any](name, doc string, at func(*T) *map[string][]string) Attribute {
	return row(name, doc, TypeSetMap, setMapSlot[T]{at})
}

// Ref makes a row for the key of another object; say which kinds with To.
func Ref[T any](name, doc string, at func(*T) *string) Attribute {
	return String(name, doc, at)
}

// RefSet makes a row for a set of keys of other objects; say which kinds with To.
func RefSet[T any](name, doc string, at func(*T) *[]string) Attribute {
	return Set(name, doc, at)
}

// RefSets makes a row for a set of sets of keys; say which kinds with To.
func RefSets[T any](name, doc string, at func(*T) *[][]string) Attribute {
	return row(name, doc, TypeSets, setsSlot[T]{at})
}

// RefMap makes a row for keys of other objects by name; say which kinds with To.
func RefMap[T any](name, doc string, at func(*T) *map[string]string) Attribute {
	return Map(name, doc, at)
}

func row(name, doc string, t Type, s slot) Attribute {
	return Attribute{Name: name, Doc: doc, Type: t, slot: s}
}

// With adds flags.
func (a Attribute) With(f Flags) Attribute { a.Flags |= f; return a }

// To names the kinds that the values are keys of.
func (a Attribute) To(kinds ...string) Attribute { a.Kinds = kinds; return a }

// Through names the virtual kind whose declared objects stand for an inner set; the value is
// that of its first set attribute.
func (a Attribute) Through(kind string) Attribute { a.Via = kind; return a }

// EntryKinds returns the names under which an entry in the form of an object has its reference.
func (a *Attribute) EntryKinds() []string {
	if a.Via != "" {
		return []string{a.Via}
	}
	return a.Kinds
}

// Values closes the list of values.
func (a Attribute) Values(values ...string) Attribute { a.OneOf = values; return a }

// Entries closes the list of names that a map's entries may have.
func (a Attribute) Entries(names ...string) Attribute { a.Names = names; return a }

// Normal adds a function that brings every text of the value to its one form, such
// as a URL without a slash at the end. It must be idempotent. For letter case there
// are FoldCase and FoldHex.
func (a Attribute) Normal(f func(string) string) Attribute { a.normal = f; return a }

// Check adds a rule for every text of the value. Its error completes the
// sentence "<attribute> <error>", such as "must not contain a comma".
func (a Attribute) Check(f func(string) error) Attribute { a.check = f; return a }

// Default adds a function that reports whether the value in a body says the same as
// leaving the attribute out.
func (a Attribute) Default(f func(body any) bool) Attribute { a.redundant = f; return a }

// IsDefault reports whether the value has the same meaning as omitting the attribute.
func (a *Attribute) IsDefault(body any) bool { return a.redundant != nil && a.redundant(body) }

// Like adds an example, an HCL expression.
func (a Attribute) Like(example string) Attribute { a.Example = example; return a }

// Is reports whether the attribute has all the flags.
func (a *Attribute) Is(f Flags) bool { return a.Flags&f == f }

// Comparable reports whether desired and live values are compared.
func (a *Attribute) Comparable() bool { return a.Flags&(WriteOnce|ConfigOnly|ReadOnly) == 0 }

// Valid holds one text of the value against the closed list and the rule. Keys and
// references must be clean names besides; see Unclean.
// The error completes the sentence "<attribute> <error>".
func (a *Attribute) Valid(s string) error {
	if a.Flags&Key != 0 || len(a.Kinds) > 0 {
		if err := unclean(s, a.Flags&(FoldCase|FoldHex) == 0); err != nil {
			return err
		}
	}
	if len(a.OneOf) > 0 {
		if err := oneOf(s, a.OneOf); err != nil {
			return err
		}
	}
	if a.check != nil {
		return a.check(s)
	}
	return nil
}
