package providertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An KnownLimitation is what a client says when a product, under some reading, does not
// do what the files want.
type KnownLimitation struct {
	// Under are the values of variants that bring it about, all of them together.
	Under []string
	// Finding is the code of an error in the plan; or
	Finding string
	// Status, Failed or Diverged, is how the change of an object of the Kind ends; or,
	// where neither is set, the plan itself cannot be made. One that failed in its
	// second half is Diverged, and its error says why.
	Status apply.Status
	Kind   string
	// Says is a part of the message, or of a Diverged object the attribute that
	// reads back differently.
	Says string
	// Opens, alone, is a product that gives more than it was asked to, so that somebody
	// may see or do it until the next plan takes it away.
	Opens bool
	// Perhaps is one that a story meets only at times, such as a limit that one request
	// or another runs into.
	Perhaps bool
}

// obstacles are those that the reading has.
func (s *Suite) obstacles(variants []string) []KnownLimitation {
	var out []KnownLimitation
	for _, o := range s.Obstacles {
		if !slices.ContainsFunc(o.Under, func(v string) bool { return !slices.Contains(variants, v) }) {
			out = append(out, o)
		}
	}
	return out
}

// unreached are the obstacles that no reading is about.
func (s *Suite) unreached() []KnownLimitation {
	return slices.DeleteFunc(slices.Clone(s.Obstacles), func(o KnownLimitation) bool {
		return slices.ContainsFunc(slices.Concat(s.Variants, s.RunFaulted, s.RunOnce), o.alone)
	})
}

// alone reports whether the reading is what brings the obstacle about and nothing
// else.
func (o KnownLimitation) alone(variants []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(o.Under)), slices.Sorted(slices.Values(variants)))
}

// planning reports whether it keeps a plan from being made.
func (o KnownLimitation) planning() bool { return o.Finding == "" && o.Kind == "" && !o.Opens }

// ends reports whether it makes a change end as it did.
func (o KnownLimitation) ends(r *apply.Result) bool {
	if o.Kind == "" || r.Change.Addr.Kind != o.Kind {
		return false
	}
	told := r.Err != nil && strings.Contains(r.Err.Error(), o.Says)
	if r.Status == apply.Diverged {
		return o.Status == apply.Diverged && slices.Contains(names(r.Change, r.Differs), o.Says) || o.Status == apply.Failed && told
	}
	return r.Status == o.Status && told
}

// finds reports whether it makes a plan say the finding.
func (o KnownLimitation) finds(f schema.Finding) bool {
	return o.Finding != "" && o.Finding == f.Code && strings.Contains(f.Summary+" "+f.Detail, o.Says)
}

// meet reports whether one of the obstacles fits.
func (c *scenario) meet(fits func(KnownLimitation) bool) bool {
	found := false
	for i, o := range c.obstacles {
		if fits(o) {
			found, c.met[i] = true, true
		}
	}
	return found
}

// unmet says which obstacles a story should have met and has not.
func (c *scenario) unmet() error {
	var errs []error
	for i, o := range c.obstacles {
		if !c.met[i] && !o.Perhaps && o.alone(c.variants) {
			errs = append(errs, fmt.Errorf("the story never meets the obstacle %+v", o))
		}
	}
	return errors.Join(errs...)
}
