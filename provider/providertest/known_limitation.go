package providertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A KnownLimitation is how rolecall reports that a product, under some variants, does
// not do what the files declare.
type KnownLimitation struct {
	// Under are the variants that together cause it.
	Under []string
	// Finding is the code of an error in the plan; or
	Finding string
	// Status, Failed or Diverged, is the result of a change of an object of the Kind; or,
	// if neither is set, planning fails. A change that fails in its second step is
	// Diverged, and its error says why.
	Status apply.Status
	Kind   string
	// Message is a part of the message, or the attribute of a Diverged object that reads
	// back differently.
	Message string
	// GrantsExtra, without the fields above, says that the product grants more than
	// requested, so that a user may have a right until the next plan revokes it.
	GrantsExtra bool
	// Optional says that it need not occur in every run, such as a rate limit that
	// different requests may exceed.
	Optional bool
}

// limitations returns those that can occur under the variants.
func (s *Suite) limitations(variants []string) []KnownLimitation {
	var out []KnownLimitation
	for _, o := range s.KnownLimitations {
		if !slices.ContainsFunc(o.Under, func(v string) bool { return !slices.Contains(variants, v) }) {
			out = append(out, o)
		}
	}
	return out
}

// untestedLimitations returns those for which no combination is exactly Under.
func (s *Suite) untestedLimitations() []KnownLimitation {
	return slices.DeleteFunc(slices.Clone(s.KnownLimitations), func(o KnownLimitation) bool {
		return slices.ContainsFunc(slices.Concat(s.Variants, s.RunFaulted, s.RunOnce), o.isExactly)
	})
}

// isExactly reports whether the variants are exactly Under.
func (o KnownLimitation) isExactly(variants []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(o.Under)), slices.Sorted(slices.Values(variants)))
}

// preventsPlan reports whether planning fails.
func (o KnownLimitation) preventsPlan() bool {
	return o.Finding == "" && o.Kind == "" && !o.GrantsExtra
}

// matchesResult reports whether it explains the result of a change.
func (o KnownLimitation) matchesResult(r *apply.Result) bool {
	if o.Kind == "" || r.Change.Addr.Kind != o.Kind {
		return false
	}
	says := r.Err != nil && strings.Contains(r.Err.Error(), o.Message)
	if r.Status == apply.Diverged {
		return o.Status == apply.Diverged && slices.Contains(names(r.Change, r.Differs), o.Message) || o.Status == apply.Failed && says
	}
	return r.Status == o.Status && says
}

// matchesFinding reports whether it explains a finding of a plan.
func (o KnownLimitation) matchesFinding(f schema.Finding) bool {
	return o.Finding != "" && o.Finding == f.Code && strings.Contains(f.Summary+" "+f.Detail, o.Message)
}

// matchLimitation reports whether a limitation fits, and records those that do.
func (c *scenarioRun) matchLimitation(fits func(KnownLimitation) bool) bool {
	found := false
	for i, o := range c.limitations {
		if fits(o) {
			found, c.met[i] = true, true
		}
	}
	return found
}

// checkLimitationsMet returns an error if a limitation that must occur did not.
func (c *scenarioRun) checkLimitationsMet() error {
	var errs []error
	for i, o := range c.limitations {
		if !c.met[i] && !o.Optional && o.isExactly(c.variants) {
			errs = append(errs, fmt.Errorf("the known limitation %+v never occurs", o))
		}
	}
	return errors.Join(errs...)
}

// Fails returns the limitation that a change of the kind fails with a message that
// contains says.
func Fails(kind, says string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Status: apply.Failed, Kind: kind, Message: says}
}

// Diverges returns the limitation that an attribute of the kind reads back differently.
func Diverges(kind, attribute string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Status: apply.Diverged, Kind: kind, Message: attribute}
}

// Finds returns the limitation that a plan has the error with a message that contains
// says.
func Finds(code, says string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Finding: code, Message: says}
}

// NoPlan returns the limitation that no plan can be made, with an error that contains
// says.
func NoPlan(says string, under ...string) KnownLimitation {
	return KnownLimitation{Under: under, Message: says}
}
