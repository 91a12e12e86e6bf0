package html

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A section is a part of a plan on the page. Only one of its lists is not empty.
type section struct {
	*content
	ID, Title string
	Note      string // after the title
	Danger    []render.DangerView
	LosingAll []render.OutcomeView
	Texts     []string
	Findings  []schema.Finding
	Limits    bool // the findings are limits that forbid the plan
	Outcomes  []render.OutcomeView
	Kinds     []render.KindView
	Observed  bool              // the kinds have differences that are only observed
	Excluded  []render.KindView // changes that are only listed
	LeftAlone []render.LeftAlone
}

// Sections lists the sections of the plan that are not empty, the most important first.
func (c *content) Sections() []*section {
	all := []*section{
		{ID: "danger", Title: "Danger", Danger: c.Danger, Note: "who becomes administrator or gains privileged rights"},
		{ID: "losing-all", Title: "Who loses all rights", LosingAll: c.losingAll()},
		{ID: "mass-changes", Title: "Changes of many objects", Texts: c.MassChanges},
		{ID: "limits", Title: render.StoppedTitle(c.Plan), Note: "this plan cannot be applied", Findings: c.Plan.Violations, Limits: true},
		{ID: "unknown", Title: "Not known", Texts: c.unknown()},
		{ID: "findings", Title: "Errors and warnings", Findings: c.Plan.Findings},
		{ID: "losing", Title: "Who loses rights", Outcomes: c.Losing},
		{ID: "removals", Title: "Removed or refused", Kinds: c.Removals},
		{ID: "changes", Title: "Created or changed", Kinds: c.Others},
		{ID: "gaining", Title: "Who gains rights", Outcomes: c.Gaining},
		{ID: "observed", Title: "Only observed", Note: `mode = "observe" reports these differences and does not touch them`, Kinds: c.View.Observed, Observed: true},
		{ID: "excluded", Title: "Excluded by " + c.Plan.ExcludedBy(), Note: "the files ask for these changes, and this plan does not make them", Excluded: c.View.Excluded},
		{ID: "expiry", Title: "Expiry", Note: "temporary access that ends soon, or that has ended and can leave the files", Texts: c.View.Expiring},
		{ID: "checks", Title: "Checks", Texts: c.checks()},
		{ID: "left-alone", Title: "Left alone", Note: "not in the files, so they stay as they are", LeftAlone: c.LeftAlone},
	}
	all = slices.DeleteFunc(all, func(s *section) bool { return s.Count() == 0 })
	for _, s := range all {
		s.content, s.ID = c, c.Prefix+s.ID
	}
	return all
}

// losingAll returns who loses all rights, if someone does.
func (c *content) losingAll() []render.OutcomeView {
	if len(c.View.LosingAll.Subjects) == 0 {
		return nil
	}
	return []render.OutcomeView{c.View.LosingAll}
}

// unknown says which effects of the plan are not known.
func (c *content) unknown() []string {
	out := make([]string, len(c.Plan.Unknown))
	for i := range c.Plan.Unknown {
		out[i] = text.Clean(c.Plan.Unknown[i].String())
	}
	return out
}

// checks says what became of the checks.
func (c *content) checks() []string {
	if s := render.ChecksText(c.Plan.Checks); s != "" {
		return []string{text.Clean(s)}
	}
	return nil
}

// Count returns the number of subjects, findings, changes or objects of the section.
func (s *section) Count() int {
	n := len(s.Texts) + len(s.Findings) + count(s.Kinds) + count(s.Excluded)
	for i := range s.Danger {
		n += len(s.Danger[i].Subjects)
	}
	for _, o := range slices.Concat(s.LosingAll, s.Outcomes) {
		n += len(o.Subjects)
	}
	for i := range s.LeftAlone {
		n += len(s.LeftAlone[i].Notable) + len(s.LeftAlone[i].Others)
	}
	return n
}

// Number returns the count with its digits grouped.
func (s *section) Number() string { return text.Number(s.Count()) }

func count(kinds []render.KindView) int {
	n := 0
	for i := range kinds {
		for j := range kinds[i].Groups {
			n += len(kinds[i].Groups[j].Changes)
		}
	}
	return n
}
