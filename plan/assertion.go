package plan

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An AssertionName names a condition that plans can be required to meet. It is a member of JSON
// documents.
type AssertionName string

// The assertions. An unknown effect breaks each of them.
const (
	NoAccessChange AssertionName = "no-access-change" // also: no account is created, removed, activated or deactivated
	NoNewAdmin     AssertionName = "no-new-admin"
	NoLoss         AssertionName = "no-loss" // also: no account is removed or deactivated
)

// AssertionNames returns the names of the assertions.
func AssertionNames() []string {
	return []string{string(NoAccessChange), string(NoNewAdmin), string(NoLoss)}
}

// Meaning says what the assertion is about, within a sentence.
func (n AssertionName) Meaning() string {
	switch n {
	case NoAccessChange:
		return "nobody gains or loses access"
	case NoNewAdmin:
		return "nobody becomes administrator or gains a privileged right"
	}
	return "nobody loses access"
}

// maxFailures is the number of failures that an Assertion lists.
const maxFailures = 10

// An Assertion is the result of an assertion about the plans of a document.
type Assertion struct {
	Name     AssertionName      `json:"name"`
	Holds    bool               `json:"holds"`
	Text     string             `json:"text"`     // AssertionName.Meaning
	Total    int                `json:"total"`    // number of failures
	Failures []AssertionFailure `json:"failures"` // the first ones
}

// Unlisted returns the number of failures that Failures does not have.
func (a *Assertion) Unlisted() int { return a.Total - len(a.Failures) }

// An AssertionFailure is one reason why an assertion does not hold.
type AssertionFailure struct {
	Provider string `json:"provider"`
	// Subject is the address of whoever gains or loses access; empty for an effect that is not known.
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text"` // a sentence without a period, with the subject and the cause
	// Cause is the address of a change that causes it, its own if possible, and File and Line are its position.
	Cause string `json:"cause,omitempty"`
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
}

// Assert evaluates assertions about all plans of the document.
func (d *Document) Assert(names []AssertionName) []Assertion {
	var out []Assertion
	for _, name := range names {
		a := Assertion{Name: name, Text: name.Meaning(), Failures: []AssertionFailure{}}
		for _, p := range d.Plans {
			c := assertionCheck{Plan: p, to: &a, changes: map[schema.Address]*Change{}}
			c.check(name)
		}
		a.Holds = a.Total == 0
		out = append(out, a)
	}
	return out
}

// An assertionCheck evaluates an assertion about one plan.
type assertionCheck struct {
	*Plan
	to      *Assertion
	changes map[schema.Address]*Change // the first one of each object
}

func (c *assertionCheck) check(name AssertionName) {
	for i := range c.Changes {
		if ch := &c.Changes[i]; c.changes[ch.Addr] == nil {
			c.changes[ch.Addr] = ch
		}
	}
	switch name {
	case NoAccessChange:
		c.differences(true)
		c.accounts(func(ch *Change) bool { return true })
	case NoNewAdmin:
		c.dangers()
	case NoLoss:
		c.differences(false)
		c.accounts(func(ch *Change) bool {
			return ch.Have != nil && !ch.HandsOver() && (ch.Want == nil || ch.Want.Inactive())
		})
	}
	c.unknownEffects(name)
}

// differences adds the subjects that lose rights and, if gains is set, those that gain some.
func (c *assertionCheck) differences(gains bool) {
	renamed := c.renamedAccounts()
	for i := range c.Affected {
		d := &c.Affected[i]
		var what string
		switch {
		case gains && len(d.Gained) > 0 && len(d.Lost) > 0:
			what = "loses " + c.grants(d.Lost) + ", and gains " + c.grants(d.Gained)
		case gains && len(d.Gained) > 0:
			what = "gains " + c.grants(d.Gained)
		case len(d.Lost) > 0 && (gains || !sameGrants(d.Lost, renamed[d.Subject])):
			what = "loses " + c.grants(d.Lost)
		default:
			continue
		}
		c.addSubject(d.Subject, what, d.CausedBy)
	}
}

// renamedAccounts maps the old address of each renamed account to the rights that its new name gains.
func (c *assertionCheck) renamedAccounts() map[schema.Address][]schema.Grant {
	handed, out := c.HandedOver(), map[schema.Address][]schema.Grant{}
	if len(handed) == 0 {
		return nil
	}
	for i := range c.Affected {
		if d := &c.Affected[i]; len(d.Lost) == 0 {
			out[handed[d.Subject]] = d.Gained
		}
	}
	return out
}

// sameGrants reports whether two sorted lists have the same rights on the same scopes.
func sameGrants(a, b []schema.Grant) bool {
	return slices.EqualFunc(a, b, func(x, y schema.Grant) bool { return x.Right == y.Right && x.Scope == y.Scope })
}

// dangers adds the subjects that become administrator or gain privileged rights.
func (c *assertionCheck) dangers() {
	for i := range c.Danger {
		d := &c.Danger[i]
		what := "gains the privileged right "
		if d.Administrator {
			what = "becomes administrator: "
		}
		c.addSubject(d.Subject, what+c.grants(d.Gained), d.CausedBy)
	}
}

// accounts adds the matching changes by which users get or lose an account, also if it has no
// rights, except those of subjects whose rights change.
func (c *assertionCheck) accounts(match func(*Change) bool) {
	affected := map[schema.Address]bool{}
	for i := range c.Affected {
		affected[c.Affected[i].Subject] = true
	}
	for i := range c.Changes {
		ch := &c.Changes[i]
		if what := ch.accountChange(); what != "" && match(ch) && !affected[ch.Addr] {
			c.addSubject(ch.Addr, what, []schema.Address{ch.Addr})
		}
		for _, o := range ch.Cascades {
			if ch.Action.Writes() && o.Kind.Subject && !affected[o.Addr] {
				c.addSubject(o.Addr, "is deleted with "+ch.Addr.String(), []schema.Address{ch.Addr})
			}
		}
	}
}

// accountChange says how the change creates, removes, activates or deactivates the account of a
// user; "" if it does not.
func (c *Change) accountChange() string {
	kind := c.kind()
	switch {
	case kind == nil || !kind.Subject || !c.Action.Writes():
	case c.Action == schema.Create:
		return "gets an account"
	case c.Action == schema.Delete:
		return "is deleted"
	case c.Action == schema.Deactivate:
		return "is deactivated"
	case c.HandsOver():
		return "gets the account of " + c.Have.Addr.String()
	case c.Want.Inactive() && !c.Have.Inactive():
		return "becomes inactive"
	case c.Have.Inactive() && !c.Want.Inactive():
		return "becomes active"
	}
	return ""
}

func (c *Change) kind() *schema.Kind {
	switch {
	case c.Have != nil:
		return c.Have.Kind
	case c.Want != nil:
		return c.Want.Kind
	}
	return nil
}

// unknownEffects adds why it is not known whose rights the plan changes.
func (c *assertionCheck) unknownEffects(name AssertionName) {
	if n := c.Errors(); n > 0 {
		c.add(failure{}, "the plan has "+text.Count(n, "error", "errors"))
	}
	if n := c.Ambiguous(); n > 0 {
		c.add(failure{}, text.Count(n, "object is", "objects are")+" left out of the plan because of duplicates in the product")
	}
	if c.Summary().Writes() > 0 {
		if c.NoImpact {
			c.add(failure{}, "who gains and loses rights was not computed, because of --no-impact")
		}
		for i := range c.Findings {
			if f := &c.Findings[i]; f.RightsUnknown {
				c.add(failure{}, fmt.Sprintf("it is not known whose rights change: %s (%s)", f.Summary, f.Code))
			}
		}
	}
	told := map[schema.Address]bool{}
	for i := range c.Changes {
		if ch := &c.Changes[i]; ch.unverified() && !told[ch.Addr] {
			told[ch.Addr] = true
			c.add(failure{about: ch.Addr, causes: []schema.Address{ch.Addr}},
				"the product does not let "+ch.Addr.String()+" be read, so it is not known what the "+ch.Action.String()+" changes")
		}
	}
	for i := range c.Unknown {
		u := &c.Unknown[i]
		switch {
		case u.Gained && name == NoNewAdmin:
			c.add(failure{about: u.Subject, causes: u.CausedBy}, u.String())
		case !u.Gained && !told[u.Subject]:
			c.add(failure{about: u.Subject, causes: u.CausedBy}, u.String())
		}
	}
}

// unverified reports whether the change starts from an object that could not be read.
func (c *Change) unverified() bool {
	return c.Action.Writes() && (c.Have != nil && c.Have.LastWritten ||
		slices.ContainsFunc(c.Cascades, func(o *schema.Object) bool { return o.LastWritten }))
}

// A failure says what an AssertionFailure is about.
type failure struct {
	subject string           // of the AssertionFailure
	about   schema.Address   // named in the text
	causes  []schema.Address // changes
}

// addSubject adds a failure about a subject.
func (c *assertionCheck) addSubject(a schema.Address, what string, causes []schema.Address) {
	c.add(failure{a.String(), a, causes}, a.String()+" "+what)
}

// add adds a failure with a text that names one of the changes that cause it, its own if possible,
// with its position.
func (c *assertionCheck) add(f failure, what string) {
	if c.to.Total++; c.to.Total > maxFailures {
		return
	}
	out := AssertionFailure{Provider: c.Provider, Subject: f.subject, Text: what}
	if len(f.causes) > 0 {
		first := f.causes[0]
		if slices.Contains(f.causes, f.about) {
			first = f.about
		}
		out.Cause = first.String()
		if first != f.about {
			out.Text += ", because of " + out.Cause
		}
		if ch := c.changes[first]; ch != nil && ch.Pos.File != "" {
			out.File, out.Line = ch.Pos.File, ch.Pos.Line
			out.Text += fmt.Sprintf(" (%s:%d)", out.File, out.Line)
		}
		if more := len(f.causes) - 1; more > 0 {
			out.Text += ", with " + text.Count(more, "other change", "other changes")
		}
	}
	c.to.Failures = append(c.to.Failures, out)
}

// grants names the first of several grants and counts the others.
func (c *assertionCheck) grants(list []schema.Grant) string {
	g := &list[0]
	s := g.Right
	if scope := g.Scope; scope != "" {
		if name := c.DisplayNames[scope]; name != "" {
			scope = name
		}
		s += " on " + scope
	}
	if n := len(list) - 1; n > 0 {
		s += " and " + text.Count(n, "more right", "more rights")
	}
	return s
}
