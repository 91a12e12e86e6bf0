package config

import (
	"errors"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Limits of what one call may make. A call cannot be cancelled, and one that multiplies its
// arguments can ask for more memory than there is before a watch looks again.
const (
	maxElements = 1_000_000
	maxText     = 64 << 20 // bytes
)

// limited makes a function that refuses arguments before it works on them.
func limited(f function.Function, check func(args []cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			plain := make([]cty.Value, len(args))
			for i, a := range args {
				if plain[i], _ = a.UnmarkDeep(); !plain[i].IsWhollyKnown() {
					return f.ReturnTypeForValues(args)
				}
			}
			if err := check(plain); err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

var setProductFunc = limited(stdlib.SetProductFunc, func(args []cty.Value) error {
	n := 1
	for i, a := range args {
		if a.IsNull() || !a.CanIterateElements() {
			return nil // which the function reports
		}
		if n *= a.LengthInt(); n > maxElements {
			return function.NewArgErrorf(i, "the product has more than %d elements", maxElements)
		}
	}
	return nil
})

// zipMapFunc refuses a key that is there twice: the library takes the last of its values.
var zipMapFunc = limited(stdlib.ZipmapFunc, func(args []cty.Value) error {
	if args[0].IsNull() || !args[0].CanIterateElements() {
		return nil // which the function reports
	}
	seen := map[string]bool{}
	for it := args[0].ElementIterator(); it.Next(); {
		_, key := it.Element()
		if key.IsNull() || key.Type() != cty.String {
			continue
		}
		if seen[key.AsString()] {
			return function.NewArgErrorf(0, "the key %q is used twice, and only one of its values could be kept; delete one of them", key.AsString())
		}
		seen[key.AsString()] = true
	}
	return nil
})

var joinFunc = limited(stdlib.JoinFunc, func(args []cty.Value) error {
	n := 0
	for _, list := range args[1:] {
		if !list.IsNull() && list.CanIterateElements() {
			n += list.LengthInt()
		}
	}
	return checkTextSize(args[0], n)
})

// checkTextSize refuses a text that is too large when it is written n times.
func checkTextSize(text cty.Value, n int) error {
	if !text.IsNull() && n > 0 && len(text.AsString()) > maxText/n {
		return function.NewArgErrorf(0, "the text would be larger than %d MB", maxText>>20)
	}
	return nil
}

var indentFunc = limited(stdlib.IndentFunc, func(args []cty.Value) error {
	if args[0].IsNull() || args[1].IsNull() {
		return nil
	}
	spaces, _ := args[0].AsBigFloat().Int64()
	if spaces < 0 {
		return function.NewArgErrorf(0, "the number of spaces must not be negative")
	}
	if lines := int64(strings.Count(args[1].AsString(), "\n") + 1); spaces > maxText/lines {
		return function.NewArgErrorf(0, "the text would be larger than %d MB", maxText>>20)
	}
	return nil
})

// checkReplacement refuses a replacement that is too large if it is written at every place.
func checkReplacement(args []cty.Value) error {
	if args[0].IsNull() {
		return nil
	}
	return checkTextSize(args[2], len(args[0].AsString())+1)
}

var (
	replaceLimitedFunc = limited(replaceFunc, func(args []cty.Value) error {
		if args[0].IsNull() || args[1].IsNull() {
			return nil
		}
		s, search := args[0].AsString(), args[1].AsString()
		if strings.HasPrefix(search, "/") {
			return checkReplacement(args)
		}
		return checkTextSize(args[2], strings.Count(s, search))
	})
	regexReplaceFunc = limited(stdlib.RegexReplaceFunc, checkReplacement)
)

// wideVerb finds a width or precision of more than four digits.
var wideVerb = regexp.MustCompile(`%[^%a-zA-Z]*[0-9]{5}`)

func checkWidths(args []cty.Value) error {
	if !args[0].IsNull() && args[0].Type() == cty.String && wideVerb.MatchString(args[0].AsString()) {
		return function.NewArgErrorf(0, "a width or precision has at most four digits")
	}
	return nil
}

var (
	formatFunc     = limited(stdlib.FormatFunc, checkWidths)
	formatListFunc = limited(stdlib.FormatListFunc, checkWidths)
)

// finite makes a function of numbers that refuses an infinite result, which most other
// functions and operators cannot work with.
func finite(f function.Function) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		Type:        function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil && v.IsKnown() && !v.IsNull() && v.AsBigFloat().IsInf() {
				return cty.NilVal, errors.New("the result is not a finite number")
			}
			return v, err
		},
	})
}

var (
	logFunc = finite(stdlib.LogFunc)
	powFunc = finite(stdlib.PowFunc)
)
