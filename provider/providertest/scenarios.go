package providertest

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// Scenarios choose the combinations of variants under which the steps of a Suite run:
// every value that is not a default alone, those of each KnownLimitation, and any two
// values together at least once. The zero value chooses none.
type Scenarios struct {
	// Emulator lists the variants of the emulator.
	Emulator []emulator.Variant
	// Circumstances are how tenants and files differ, such as who owns the key. Each has
	// its values as "name=value", the default first. Start gets them together with the
	// variants; Variants removes them.
	Circumstances [][]string
	// Thorough lists combinations that decide which code of the client runs. The steps
	// run under them in every mode.
	Thorough [][]string
	// Combined lists further combinations, under which the steps run only as written.
	Combined [][]string
	// Elsewhere names variants that another suite covers.
	Elsewhere []string
	// Alone lists values that are not combined with others, such as a key that has no
	// rights.
	Alone []string
}

// Variants returns the values that are not circumstances.
func (s Scenarios) Variants(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(value string) bool {
		return slices.ContainsFunc(s.Circumstances, func(f []string) bool { return slices.Contains(f, value) })
	})
}

// factors returns the circumstances and the variants with all their values.
func (s Scenarios) factors() [][]string {
	out := slices.Clone(s.Circumstances)
	for _, v := range s.Emulator {
		if slices.Contains(s.Elsewhere, v.Name) {
			continue
		}
		var f []string
		for _, value := range v.Values {
			f = append(f, v.Name+"="+value)
		}
		out = append(out, f)
	}
	return out
}

// singles returns the combinations with one value that is not a default, and those of
// the limitations.
func (s Scenarios) singles(limits []KnownLimitation) [][]string {
	var out [][]string
	add := func(r []string) {
		same := func(o []string) bool { return slices.Equal(o, r) }
		if !slices.ContainsFunc(s.Thorough, same) && !slices.ContainsFunc(out, same) {
			out = append(out, r)
		}
	}
	for _, f := range s.factors() {
		for _, value := range f[1:] {
			add([]string{value})
		}
	}
	for _, l := range limits {
		add(l.Under)
	}
	for _, r := range s.Combined {
		add(r)
	}
	return out
}

// pairs returns combinations that contain any two values together at least once. Those
// with a limitation come last, because they run only as written.
func (s Scenarios) pairs(limits []KnownLimitation) [][]string {
	factors := s.factors()
	for i := range factors {
		factors[i] = slices.DeleteFunc(slices.Clone(factors[i]), func(value string) bool { return slices.Contains(s.Alone, value) })
	}
	return Pairs(factors, func(value string) bool {
		return slices.ContainsFunc(limits, func(l KnownLimitation) bool { return slices.Contains(l.Under, value) })
	})
}

// withScenarios adds the combinations of the scenarios.
func (s Suite) withScenarios() Suite {
	if len(s.Scenarios.Emulator)+len(s.Scenarios.Circumstances) == 0 {
		return s
	}
	s.Variants = slices.Concat(s.Scenarios.Thorough, s.Variants)
	// Among the pairs are the defaults, which run in every mode anyway, and single values.
	pairs := slices.DeleteFunc(s.Scenarios.pairs(s.KnownLimitations), func(v []string) bool { return len(v) == 0 })
	singles := slices.DeleteFunc(s.Scenarios.singles(s.KnownLimitations), func(v []string) bool {
		return slices.ContainsFunc(pairs, func(p []string) bool { return slices.Equal(p, v) })
	})
	s.RunOnce = slices.Concat(singles, s.RunOnce)
	s.RunFaulted = slices.Concat(pairs, s.RunFaulted)
	return s
}
