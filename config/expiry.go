package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // so that a zone is the same on machines without a database of zones

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Blocks and entries may end on a day. This file reads expires and reason of blocks,
// expiry_entries.go those of entries, and expiry_link.go takes what has expired out of the
// objects of a tenant.

// A metaText is a meta-argument that is a text.
type metaText struct {
	name string
	expr hcl.Expression // nil if the block does not have it
	uses uses
}

// metaText takes a meta-argument of the block, and evaluates what it mentions.
func (n *scopeBuilder) metaText(r *resource, name string) metaText {
	a := r.attrs[name]
	if a == nil {
		return metaText{}
	}
	u := n.add(a.Expr)
	r.secret, r.data = r.secret || u.secret, r.data || u.data
	return metaText{name, a.Expr, u}
}

// An evaluation gives an expression of a block its value, for one of its objects.
type evaluation func(hcl.Expression) (cty.Value, hcl.Diagnostics)

// term reads expires and reason of the object.
func (f *objectBuilder) term(expires, reason metaText, value evaluation) {
	day, why := f.text(expires, value), f.text(reason, value)
	if day == "" && why == "" {
		return
	}
	t := f.ownTerm()
	if t.Reason = why; day == "" {
		return
	}
	days, err := f.tenant.daysTo(day)
	if err != nil {
		f.reportMistake(notADay(day, err).at(expires.name, expires.expr, expires.expr.Range(), expires.uses.secret))
		return
	}
	t.Expires, t.Days = day, days
}

// text evaluates a meta-argument that is a text. Null, and an empty cell of a data file, are as if
// it was not there.
func (f *objectBuilder) text(m metaText, value evaluation) string {
	if m.expr == nil || m.uses.failed {
		return ""
	}
	val, diags := value(m.expr)
	f.reportMistake(explain(diags, m.uses.secret)...)
	if diags.HasErrors() || val.IsNull() {
		return ""
	}
	s, wrong := f.termText(m.name, val)
	if wrong == nil && s == "" && len(m.expr.Variables()) == 0 {
		wrong = wrongType("is empty", "Delete this line. An expression may give an empty text, such as the empty cell of a CSV file: it means the same as null.")
	}
	if wrong != nil {
		f.reportMistake(wrong.at(m.name, m.expr, m.expr.Range(), m.uses.secret))
	}
	return s
}

// termText takes a text from a value of expires or reason.
func (f *objectBuilder) termText(name string, val cty.Value) (string, *mistake) {
	if val.Type() == cty.Number && name == metaExpires {
		return "", wrongType("must be a day in quotes", "This is %s: without quotes, the hyphens subtract. Write expires = \"2026-12-31\".", describe(val))
	}
	s, wrong := plainText(val)
	return strings.TrimSpace(s), wrong
}

var errNoClock = errors.New("config: Options.Now is not set")

// daysTo counts the days from the day on which the files are loaded to another one.
func (t *tenant) daysTo(day string) (int, error) {
	then, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0, err
	}
	if t.Today == "" {
		return 0, errNoClock
	}
	today, err := time.Parse(time.DateOnly, t.Today)
	return int((then.Unix() - today.Unix()) / (24 * 60 * 60)), err // a Duration ends after 292 years
}

// otherForms are forms of a day that people write and that mean one day only, and those with a time.
var otherForms = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04",
	"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2.1.2006", "2/1/2006", "1/2/2006", "2 January 2006", "January 2, 2006", "2 Jan 2006", "Jan 2, 2006",
}

// swappedForms are forms in which the day and the month may be meant the other way round.
var swappedForms = map[string]string{"2/1/2006": "1/2/2006", "1/2/2006": "2/1/2006"}

// notADay says what to write in place of a text that is no day.
func notADay(day string, err error) *mistake {
	m := wrongType("is not a day", "")
	m.code, m.value = "config/invalid-value", day
	var parse *time.ParseError
	if errors.Is(err, errNoClock) {
		m.summary, m.detail = "cannot be compared", "rolecall does not know today's date, so it cannot decide what has expired."
		return m
	}
	for _, form := range otherForms {
		t, other := time.Parse(form, day)
		if twin, swapped := swappedForms[form]; other == nil && swapped {
			if _, both := time.Parse(twin, day); both == nil {
				continue // it may be one or the other day
			}
		}
		if other == nil {
			m.detail = fmt.Sprintf("Write %q as \"%s\": a year, a month and a day. From the beginning of that day on, the block counts as removed.", day, t.Format(time.DateOnly))
			return m
		}
	}
	if errors.As(err, &parse) && strings.Contains(parse.Message, "out of range") {
		m.summary, m.detail = "is a day that does not exist", fmt.Sprintf("There is no %s. Look at the month and the day.", day)
		return m
	}
	m.detail = fmt.Sprintf("%q is not a day such as \"2026-12-31\": a year, a month and a day. From the beginning of that day on, the block counts as removed.", day)
	return m
}

// setToday notes on which day the files are loaded, in the time zone of the tenant.
func (t *tenant) setToday(now time.Time, zone *time.Location) {
	t.TimeZone = zone.String()
	if !now.IsZero() {
		t.Today = now.In(zone).Format(time.DateOnly)
	}
}

// evaluateTimeZone reads in which time zone days begin.
func (p *providerReader) evaluateTimeZone(a *hcl.Attribute, s *scope) {
	val, ok := p.value(a.Name, a.Expr, s, cty.String)
	if !ok {
		return
	}
	name := val.AsString()
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		p.report(problem("config/invalid-value", a.Expr.Range().Ptr(), "Unknown time zone "+quoted(name),
			"time_zone is a name such as \"Europe/Paris\", \"America/New_York\" or \"UTC\"; blocks expire when their day begins there."))
		return
	}
	p.tenant.setToday(p.now, zone)
}

// cannotExpire says why blocks of a kind cannot expire, or returns nil if they can.
func cannotExpire(t *tenant, k *schema.Kind, at hcl.Range) *hcl.Diagnostic {
	why := ""
	switch {
	case k.Virtual:
		why = fmt.Sprintf("%s exist in the files only, so there is nothing in %s that rolecall could remove. Let the objects or entries expire that refer to this block, and delete this line.", capitalize(k.Many()), t.Product.Title)
	case k.UpdateOnly:
		why = fmt.Sprintf("%s has %s by itself, and rolecall never removes one. Delete this line.", t.Product.Title, text.Words(k.Many()))
	case !slices.ContainsFunc(k.RemovalActions(), schema.Action.Writes):
		why = fmt.Sprintf("The API of %s has no call that deletes one. Delete this line.", t.Product.Title)
		for i := range k.Attributes {
			if row := &k.Attributes[i]; row.Type.Many() && len(row.Kinds) > 0 {
				why += fmt.Sprintf(" Entries of %s can expire: { %s = %[2]s.name, expires = \"2026-12-31\" }.", row.Name, row.EntryKinds()[0])
			}
		}
	default:
		return nil
	}
	return problem("config/cannot-expire", &at, capitalize(an(k.Name))+" cannot expire", "%s", why)
}
