package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// What a decoder takes from one text. A roster of 100,000 people with fifteen columns
// has less than two million values. A text with more is a bomb, or belongs in a CSV
// file, whose rows need a tenth of the memory.
const (
	maxDecodedValues = 2_000_000
	maxDecodedDepth  = 100
)

var (
	errTooManyValues = fmt.Errorf("the text has more than %d values; keep a roster of that size in a CSV file", maxDecodedValues)
	errTooNested     = fmt.Errorf("the text is nested deeper than %d levels", maxDecodedDepth)
)

// weighJSON refuses a text that would need too much, before anything is made of it.
func weighJSON(text string) error {
	values, depth, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
			if c == '\\' {
				i++
			}
		case c == ',':
			values++
		case c == '[' || c == '{':
			values++
			depth++
		case c == ']' || c == '}':
			depth--
		}
		switch {
		case values > maxDecodedValues:
			return errTooManyValues
		case depth > maxDecodedDepth:
			return errTooNested
		}
	}
	return nil
}

// decodeJSON is cty's jsondecode in one pass: the library reads the text twice, and
// needs more than a minute for one of 30 MB.
func decodeJSON(text string) (cty.Value, error) {
	if err := weighJSON(text); err != nil {
		return cty.NilVal, err
	}
	r := json.NewDecoder(strings.NewReader(text))
	r.UseNumber()
	v, err := valueOfJSON(r)
	line := func(offset int64) int { return 1 + strings.Count(text[:offset], "\n") }
	if twice, ok := errors.AsType[*twiceInJSON](err); ok {
		return cty.NilVal, writtenTwice(twice.name, line(twice.first), line(twice.second))
	}
	if lost, ok := errors.AsType[*lostForm](err); ok {
		return cty.NilVal, wrongLine(line(lost.offset), "%s", lost.what)
	}
	if err != nil {
		return cty.NilVal, err
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return cty.NilVal, errors.New("something follows the JSON value")
	}
	return v, nil
}

// A nameEnd is where a name of an object ends.
type nameEnd struct {
	name   string
	offset int64
}

// twiceInJSON is a name that stands twice in one object, with where both end.
type twiceInJSON struct {
	name          string
	first, second int64
}

func (e *twiceInJSON) Error() string { return fmt.Sprintf("%q is written twice", e.name) }

// lostForm is a number that is not what stands in the text, with where it ends.
type lostForm struct {
	what   string
	offset int64
}

func (e *lostForm) Error() string { return e.what }

// numberOfJSON reads a number that has one form only: 1e3 and 1.10 may be meant as texts,
// such as the code of a store, and would become 1000 and 1.1.
func numberOfJSON(written string, end int64) (cty.Value, error) {
	v, err := cty.ParseNumberVal(written)
	if err != nil {
		return v, err
	}
	if number := v.AsBigFloat().Text('f', -1); number != written {
		return cty.NilVal, &lostForm{readAsNumber(written, number), end}
	}
	return v, nil
}

func valueOfJSON(r *json.Decoder) (cty.Value, error) {
	t, err := r.Token()
	if err != nil {
		return cty.NilVal, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return arrayOfJSON(r)
		}
		return objectOfJSON(r)
	case string:
		return cty.StringVal(t), nil
	case json.Number:
		return numberOfJSON(t.String(), r.InputOffset())
	case bool:
		return cty.BoolVal(t), nil
	}
	return cty.NullVal(cty.DynamicPseudoType), nil
}

func arrayOfJSON(r *json.Decoder) (cty.Value, error) {
	var members []cty.Value
	for r.More() {
		v, err := valueOfJSON(r)
		if err != nil {
			return cty.NilVal, err
		}
		members = append(members, v)
	}
	_, err := r.Token()
	return cty.TupleVal(members), err
}

func objectOfJSON(r *json.Decoder) (cty.Value, error) {
	attrs := map[string]cty.Value{}
	var ends []nameEnd
	for r.More() {
		token, err := r.Token()
		if err != nil {
			return cty.NilVal, err
		}
		name := cty.NormalizeString(token.(string)) // the decoder takes nothing else as a name
		end := nameEnd{name, r.InputOffset()}
		if _, twice := attrs[name]; twice {
			i := slices.IndexFunc(ends, func(e nameEnd) bool { return e.name == name })
			return cty.NilVal, &twiceInJSON{name, ends[i].offset, end.offset}
		}
		ends = append(ends, end)
		v, err := valueOfJSON(r)
		if err != nil {
			return cty.NilVal, err
		}
		attrs[name] = v
	}
	_, err := r.Token()
	return cty.ObjectVal(attrs), err
}
