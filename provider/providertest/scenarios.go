package providertest

import (
	"slices"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// Scenarios choose the readings under which the story of a Suite is told: every value
// that is not a default alone, what a KnownLimitation needs, and any two values together
// at least once. The zero value chooses none.
type Scenarios struct {
	// Emulator lists the variants of the emulator.
	Emulator []emulator.Variant
	// Circumstances are what tenants and files differ in, such as whose key it is. Each
	// has its values as "name=value", the default first. Start is told of them together
	// with the variants; Variants takes them out again.
	Circumstances [][]string
	// Thorough lists readings that change what the client does. The story is told under
	// them in every way.
	Thorough [][]string
	// Combined lists further readings, under which the story is told as written.
	Combined [][]string
	// Elsewhere names variants that another story is about.
	Elsewhere []string
	// Alone lists values that are not combined with others, such as a key with which
	// nothing can be done.
	Alone []string
}

// Variants returns those of a reading's values that are the emulator's.
func (s Scenarios) Variants(reading []string) []string {
	return slices.DeleteFunc(slices.Clone(reading), func(value string) bool {
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

// singles returns the readings with one value that is not the default, and those that
// bring a limitation about.
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

// pairs returns readings in which any two values stand together at least once. Values
// of a limitation come last, because the story is then told in one way only.
func (s Scenarios) pairs(limits []KnownLimitation) [][]string {
	factors := s.factors()
	for i := range factors {
		factors[i] = slices.DeleteFunc(slices.Clone(factors[i]), func(value string) bool { return slices.Contains(s.Alone, value) })
	}
	return Pairs(factors, func(value string) bool {
		return slices.ContainsFunc(limits, func(l KnownLimitation) bool { return slices.Contains(l.Under, value) })
	})
}

// withScenarios adds the readings of the scenarios.
func (s Suite) withScenarios() Suite {
	if len(s.Scenarios.Emulator)+len(s.Scenarios.Circumstances) == 0 {
		return s
	}
	s.Variants = slices.Concat(s.Scenarios.Thorough, s.Variants)
	s.RunOnce = slices.Concat(s.Scenarios.singles(s.Obstacles), s.RunOnce)
	s.RunFaulted = slices.Concat(s.Scenarios.pairs(s.Obstacles), s.RunFaulted)
	return s
}

// Fails returns the limitation that a change of the kind fails with a message that
// contains says.
func Fails(kind, says string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Status: apply.Failed, Kind: kind, Says: says}
}

// Diverges returns the limitation that an attribute of the kind reads back differently.
func Diverges(kind, attribute string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Status: apply.Diverged, Kind: kind, Says: attribute}
}

// Finds returns the limitation that a plan has the error with a message that contains
// says.
func Finds(code, says string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Finding: code, Says: says}
}

// NoPlan returns the limitation that no plan can be made, with an error that contains
// says.
func NoPlan(says string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Says: says}
}
