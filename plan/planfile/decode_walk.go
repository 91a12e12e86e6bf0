package planfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Decode reads the next value.
func (d *decoder) Decode(v any) error {
	d.source.N = d.max + 1
	return d.json.Decode(v)
}

// Token reads the next bracket, name or simple value.
func (d *decoder) Token() (json.Token, error) {
	d.source.N = d.max + 1
	return d.json.Token()
}

// More reports whether the object or list that is being read goes on.
func (d *decoder) More() bool {
	d.source.N = d.max + 1
	return d.json.More()
}

// members walks an object; f reads the value of each member.
func (d *decoder) members(f func(name string) error) error {
	if t, err := d.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return errors.New("is not an object")
	}
	return d.rest(f)
}

// rest walks what is left of an object whose beginning was read.
func (d *decoder) rest(f func(name string) error) error {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return d.damaged(err)
		}
		name := t.(string)
		if err := f(name); err != nil {
			return d.damaged(within(name, err))
		}
	}
	_, err := d.Token()
	return d.damaged(err)
}

// elements walks an array; f reads each element. null is an empty array.
func (d *decoder) elements(f func(i int) error) error {
	if t, err := d.Token(); err != nil {
		return err
	} else if t == nil {
		return nil
	} else if t != json.Delim('[') {
		return errors.New("is not a list")
	}
	for i := 0; d.More(); i++ {
		if err := f(i); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// damaged tells where the JSON itself is broken.
func (d *decoder) damaged(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("plan is damaged near byte %d: %w", d.json.InputOffset(), syntax)
	}
	return err
}

// within says which member an error is about, in JSON's own words made plain.
func within(name string, err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field != "" {
			name += "." + strings.TrimPrefix(wrong.Field, "wirePos.")
		}
		return fmt.Errorf("%s: a value of type %s does not belong here", name, wrong.Value)
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("%s: member %s is not known to this rolecall", name, field)
	}
	return err
}

func unknownMember(name string) error {
	return fmt.Errorf("member %q is not known to this rolecall", name)
}
