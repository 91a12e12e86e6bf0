package config

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// decoder makes a function of one text that keeps its answers, because one roster is
// decoded by every block that reads from it.
func (r *expressionFiles) decoder(doc string, format string, decode func(text string) (cty.Value, error)) function.Function {
	return r.decoding(&function.Spec{
		Description: doc,
		Params:      []function.Parameter{{Name: "text", Type: cty.String}},
	}, func(args []cty.Value) (cty.Value, error) {
		return r.decoded(dataText{args[0].AsString(), format}, decode)
	})
}

func (r *expressionFiles) csvdecode() function.Function {
	return r.decoding(&function.Spec{
		Description: "Decodes comma-separated values with a header line into a list of objects. A second argument names another separator, such as \";\".",
		Params:      []function.Parameter{{Name: "text", Type: cty.String}},
		VarParam:    &function.Parameter{Name: "separator", Type: cty.String},
	}, func(args []cty.Value) (cty.Value, error) {
		separator := ','
		switch len(args) {
		case 1:
		case 2:
			var err error
			if separator, err = separatorOf(args[1].AsString()); err != nil {
				return cty.NilVal, function.NewArgError(1, err)
			}
		default:
			return cty.NilVal, errors.New("takes a text and one separator")
		}
		return r.decoded(dataText{args[0].AsString(), string(separator)}, func(text string) (cty.Value, error) { return decodeCSV(text, separator) })
	})
}

// decoded decodes a text, and keeps one that is right for finding its rows.
func (r *expressionFiles) decoded(t dataText, decode func(text string) (cty.Value, error)) (cty.Value, error) {
	v, err := decode(t.text)
	if err == nil {
		r.remember(t)
	}
	return v, err
}

// decoding completes a function whose first argument is a text. Where that is the text
// of a file, errors begin with the name of the file.
func (r *expressionFiles) decoding(spec *function.Spec, decode func(args []cty.Value) (cty.Value, error)) function.Function {
	var mu sync.Mutex
	seen := map[string]fileResult{}
	call := func(args []cty.Value) (cty.Value, error) {
		mu.Lock()
		defer mu.Unlock()
		key := args[0].AsString()
		for _, a := range args[1:] {
			key += "\x00" + a.AsString()
		}
		t, ok := seen[key]
		if !ok {
			t.value, t.err = decode(args)
			if errors.Is(t.err, io.EOF) || errors.Is(t.err, io.ErrUnexpectedEOF) {
				t.err = errors.New("the text ends too early")
			}
			t.err = r.inFile(args[0].AsString(), t.err)
			seen[key] = t
		}
		return t.value, t.err
	}
	spec.Type = func(args []cty.Value) (cty.Type, error) {
		if !allKnown(args) {
			return cty.DynamicPseudoType, nil
		}
		v, err := call(args)
		if err != nil {
			return cty.NilType, err
		}
		return v.Type(), nil
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) { return call(args) }
	return function.New(spec)
}

// inFile adds to an error about a text the file that has it.
func (r *expressionFiles) inFile(s string, err error) error {
	if err == nil {
		return nil
	}
	file, above := r.fileOf(s)
	_, line := errors.AsType[*lineError](err)
	_, arg := errors.AsType[function.ArgError](err)
	switch {
	case file == "" || arg || above > 0: // the lines that the error names are those of the text
		return err
	case line:
		return fmt.Errorf("%s %w", file, err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

func allKnown(args []cty.Value) bool {
	for _, a := range args {
		if !known(a) {
			return false
		}
	}
	return true
}
