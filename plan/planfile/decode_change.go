package planfile

import (
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// change rebuilds a change from its JSON form, and checks that it is about the
// object that its address names and has both sides where the action needs them.
func (d *planDecoder) change(w *wireChange) (plan.Change, error) {
	c := plan.Change{Action: w.Action, From: w.From, Reason: w.Reason, Pos: schema.Pos(w.wirePos), DependsOn: w.DependsOn}
	kind, err := d.kindAt(w.Kind, w.Address, &c.Addr)
	if err != nil {
		return c, err
	}
	live := c.Addr
	live.Key = liveKey(&c)
	if c.Want, err = decodeObject(kind, c.Addr, w.After, nil); err != nil {
		return c, fmt.Errorf("after: %w", err)
	}
	if c.Have, err = decodeObject(kind, live, w.Before, c.Want); err != nil {
		return c, fmt.Errorf("before: %w", err)
	}
	if c.Have != nil {
		c.Have.LastWritten = w.Unverified
	}
	if c.Want != nil {
		c.Want.Pos = c.Pos
	}
	if c.Changed, err = decodeMask(kind, w.Changed); err != nil {
		return c, fmt.Errorf("changed: %w", err)
	}
	for i := range w.Cascades {
		o, err := d.cascade(&w.Cascades[i])
		if err != nil {
			return c, fmt.Errorf("cascades %d: %w", i+1, err)
		}
		c.Cascades = append(c.Cascades, o)
	}
	return c, sides(&c)
}

// kindAt reads an address and finds the kind, which must be the address's.
func (d *planDecoder) kindAt(name, address string, to *schema.Address) (*schema.Kind, error) {
	var ok bool
	if *to, ok = parseAddress(d.plan.Provider, address); !ok {
		return nil, errors.New("the address is not one such as user.ana@zoo.example")
	}
	if to.Kind != name {
		return nil, fmt.Errorf("the kind %q is not the kind of the address", name)
	}
	kind := d.product.Kind(name)
	if kind == nil {
		return nil, d.unknownKind(name)
	}
	return kind, nil
}

func (d *planDecoder) cascade(w *wireCascade) (*schema.Object, error) {
	var addr schema.Address
	kind, err := d.kindAt(w.Kind, w.Address, &addr)
	if err != nil {
		return nil, err
	}
	o, err := decodeObject(kind, addr, w.Before, nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("before: %w", err)
	case o == nil:
		return nil, errors.New("there is no before")
	}
	o.LastWritten = w.Unverified
	return o, nil
}

// sides checks that a change has the sides that its action writes from and to.
func sides(c *plan.Change) error {
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
	case c.Action != schema.Rename && c.Action != schema.Refuse && c.From != "":
		return fmt.Errorf("a change to %s must not have a from", c.Action)
	case len(c.Cascades) > 0 && c.Action != schema.Delete:
		return fmt.Errorf("a change to %s must not have cascades", c.Action)
	case c.Action.Removes() && c.Want != nil:
		return fmt.Errorf("a change to %s must not have an after", c.Action)
	}
	return nil
}

// decodeObject rebuilds one side of a change; nil where there is none. Its values
// must be those of the object that the address names. What they leave out is as in
// the base, where there is one.
func decodeObject(k *schema.Kind, addr schema.Address, v *values, base *schema.Object) (*schema.Object, error) {
	if v == nil {
		return nil, nil
	}
	body, set, err := decodeValues(k, v.raw, base)
	if err != nil {
		return nil, err
	}
	if key := k.KeyOf(body); key != addr.Key {
		return nil, fmt.Errorf("the values are of %s.%s, and the address is %s", k.Name, text.Clean(key), text.Clean(addr.String()))
	}
	return &schema.Object{Kind: k, Addr: addr, Body: body, Set: set}, nil
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
