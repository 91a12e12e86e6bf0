package plan

import (
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// change rebuilds the i-th change of a list from its JSON form, and checks what
// the applier relies upon: both sides where the action needs them, and needs
// that point at earlier changes only.
func (d *planDecoder) change(w *wireChange, i int) (Change, error) {
	c := Change{Action: w.Action, From: w.From, Reason: w.Reason, Pos: schema.Pos(w.wirePos), Needs: w.Needs}
	var ok bool
	if c.Addr, ok = parseAddress(d.plan.Provider, w.Address); !ok {
		return c, errors.New("the address is not one such as user.ana@zoo.example")
	}
	if c.Addr.Kind != w.Kind {
		return c, fmt.Errorf("the kind %q is not the address's", w.Kind)
	}
	kind := d.product.Kind(w.Kind)
	if kind == nil {
		return c, d.unknownKind(w.Kind)
	}
	var err error
	live := schema.Object{Addr: c.Addr, ID: w.ID}
	live.Addr.Key = c.liveKey()
	if c.Have, err = decodeObject(kind, live, w.Before, w.Live); err != nil {
		return c, fmt.Errorf("before: %w", err)
	}
	want := schema.Object{Addr: c.Addr, ID: w.ID, Pos: c.Pos}
	if c.Want, err = decodeObject(kind, want, w.After, w.Desired); err != nil {
		return c, fmt.Errorf("after: %w", err)
	}
	if c.Changed, err = decodeMask(kind, w.Changed); err != nil {
		return c, fmt.Errorf("changed: %w", err)
	}
	for _, n := range c.Needs {
		if n < 0 || n >= i {
			return c, fmt.Errorf("needs change %d, which does not come before it", n)
		}
	}
	return c, sides(&c)
}

// sides checks that a change has the sides that its action writes from and to.
func sides(c *Change) error {
	var before, after bool
	switch c.Action {
	case schema.Create:
		after = true
		if c.Have != nil {
			return errors.New("a create must not have a before")
		}
	case schema.Update, schema.Rename:
		before, after = true, true
	case schema.Deactivate, schema.Delete:
		before = true
	}
	switch {
	case before && c.Have == nil:
		return fmt.Errorf("a change to %s needs a before", c.Action)
	case after && c.Want == nil:
		return fmt.Errorf("a change to %s needs an after", c.Action)
	case c.Action == schema.Rename && c.From == "":
		return errors.New("a change to rename needs a from")
	}
	return nil
}

// decodeObject rebuilds one side of a change: o as the change itself tells it,
// its values, and what sets it apart.
func decodeObject(k *schema.Kind, o schema.Object, v *values, apart *wireObject) (*schema.Object, error) {
	if v == nil {
		return nil, nil
	}
	var err error
	o.Kind = k
	if o.Body, o.Set, err = decodeValues(k, v.raw); err != nil {
		return nil, err
	}
	if apart == nil {
		return &o, nil
	}
	o.Alias, o.FrozenBy, o.Previously = apart.Alias, apart.FrozenBy, apart.Previously
	o.Thin, o.Unverified = apart.Thin, apart.Unverified
	if apart.Key != nil {
		o.Addr.Key = *apart.Key
	}
	if apart.ID != nil {
		o.ID = *apart.ID
	}
	if apart.Pos != nil {
		o.Pos = schema.Pos(*apart.Pos)
	}
	if len(apart.Frozen) == 1 && apart.Frozen[0] == "*" {
		o.Frozen = schema.Everything
	} else if o.Frozen, err = decodeMask(k, apart.Frozen); err != nil {
		return nil, fmt.Errorf("frozen: %w", err)
	}
	return &o, nil
}

func decodeMask(k *schema.Kind, names []string) (schema.Mask, error) {
	var m schema.Mask
	for _, n := range names {
		i := k.Index(n)
		if i < 0 {
			return 0, unknownAttribute(k, n)
		}
		m = m.With(i)
	}
	return m, nil
}

func (d *planDecoder) unknownKind(name string) error {
	var names []string
	for _, k := range d.product.Kinds {
		names = append(names, k.Name)
	}
	if n := schema.Nearest(name, names); n != "" {
		return fmt.Errorf("%s has no kind %q; did you mean %q?", d.product.Name, name, n)
	}
	return fmt.Errorf("%s has no kind %q", d.product.Name, name)
}
