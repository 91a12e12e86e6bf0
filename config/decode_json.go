package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Limits of what one text may hold. A roster of 100,000 people with fifteen columns
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
	r := &jsonDecoder{json.NewDecoder(strings.NewReader(text)), text}
	r.UseNumber()
	v, err := r.value()
	if err != nil {
		return cty.NilVal, err
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return cty.NilVal, errors.New("more text follows the JSON value")
	}
	return v, nil
}

// A jsonDecoder makes values of a text. Where it can, an error names a line.
type jsonDecoder struct {
	*json.Decoder
	text string
}

// line returns the line of the last token.
func (r *jsonDecoder) line() int { return 1 + strings.Count(r.text[:r.InputOffset()], "\n") }

// number reads a number that has one form only: 1e3 and 1.10 may be meant as texts,
// such as the code of a store, and would become 1000 and 1.1.
func (r *jsonDecoder) number(written string) (cty.Value, error) {
	v, err := cty.ParseNumberVal(written)
	if err != nil {
		return v, err
	}
	if number := v.AsBigFloat().Text('f', -1); number != written {
		return cty.NilVal, wrongLine(r.line(), "%s", readAsNumber(written, number))
	}
	return v, nil
}

func (r *jsonDecoder) value() (cty.Value, error) {
	t, err := r.Token()
	if err != nil {
		return cty.NilVal, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return r.array()
		}
		return r.object()
	case string:
		return cty.StringVal(t), nil
	case json.Number:
		return r.number(t.String())
	case bool:
		return cty.BoolVal(t), nil
	}
	return cty.NullVal(cty.DynamicPseudoType), nil
}

func (r *jsonDecoder) array() (cty.Value, error) {
	var members []cty.Value
	for r.More() {
		v, err := r.value()
		if err != nil {
			return cty.NilVal, err
		}
		members = append(members, v)
	}
	_, err := r.Token()
	return cty.TupleVal(members), err
}

func (r *jsonDecoder) object() (cty.Value, error) {
	attrs := map[string]cty.Value{}
	offsets := map[string]int64{} // where names end
	for r.More() {
		token, err := r.Token()
		if err != nil {
			return cty.NilVal, err
		}
		name := cty.NormalizeString(token.(string)) // the decoder takes nothing else as a name
		if first, twice := offsets[name]; twice {
			return cty.NilVal, writtenTwice(name, 1+strings.Count(r.text[:first], "\n"), r.line())
		}
		offsets[name] = r.InputOffset()
		v, err := r.value()
		if err != nil {
			return cty.NilVal, err
		}
		attrs[name] = v
	}
	_, err := r.Token()
	return cty.ObjectVal(attrs), err
}
