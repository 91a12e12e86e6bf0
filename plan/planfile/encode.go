package planfile

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// FormatVersion is the version of the plan JSON that Encode writes and Decode
// reads. It rises when a member changes its meaning or goes; members that are
// only added do not raise it. docs/plan-json.md describes every member.
const FormatVersion = 2

// Encode writes the document as JSON: what plan --json prints, plan --out saves
// and apply compares with a new plan. Equal documents give equal bytes. The plans are written as
// they are walked, one change a line, so that a plan of many thousand changes
// needs no second copy in memory and can be searched and compared by line.
func Encode(w io.Writer, d *plan.Document) error {
	j := newWriter(w)
	j.open("{")
	j.member("format_version", FormatVersion)
	j.member("rolecall_version", d.Version)
	j.member("directory", d.Directory)
	j.member("digest", d.Digest())
	if len(d.Assertions) > 0 {
		j.list("assertions", len(d.Assertions), func(i int) any { return d.Assertions[i] })
	}
	j.name("plans")
	j.open("[")
	for _, p := range d.Plans {
		j.next()
		j.plan(p)
	}
	j.close("]")
	j.close("}")
	j.raw("\n")
	return j.flush()
}

func (j *writer) plan(p *plan.Plan) {
	j.open("{")
	j.member("provider", p.Provider)
	j.member("product", p.Product)
	j.member("tenant", p.Tenant)
	j.member("endpoint", p.Endpoint)
	j.member("self", address(p.Self))
	if p.Settings != nil {
		j.member("settings", &values{o: p.Settings, mask: p.Settings.Set})
	}
	if p.NoImpact {
		j.member("no_impact", true)
	}
	if p.Scope != nil {
		j.member("scope", encodeScope(p.Scope))
	}
	j.member("summary", p.Summary())
	dangers := wireDangers(p.Danger)
	j.list("danger", len(dangers), func(i int) any { return dangers[i] })
	j.list("changes", len(p.Changes), func(i int) any { return encodeChange(&p.Changes[i]) })
	j.list("observed", len(p.Observed), func(i int) any { return encodeUnapplied(&p.Observed[i]) })
	j.list("excluded", len(p.Excluded), func(i int) any { return encodeUnapplied(&p.Excluded[i]) })
	j.list("findings", len(p.Findings), func(i int) any { return encodeFinding(&p.Findings[i]) })
	j.list("violations", len(p.Violations), func(i int) any { return encodeFinding(&p.Violations[i]) })
	if len(p.Checks) > 0 {
		j.list("checks", len(p.Checks), func(i int) any { return encodeCheck(&p.Checks[i]) })
	}
	j.affected(p.Affected)
	if len(p.Unknown) > 0 {
		j.list("unknown", len(p.Unknown), func(i int) any { return encodeUnknown(&p.Unknown[i]) })
	}
	j.list("unmanaged", len(p.Unmanaged), func(i int) any { return p.Unmanaged[i] })
	j.member("undeclared_people", append([]string{}, encodeAddresses(p.UndeclaredPeople)...))
	if len(p.Expiring) > 0 {
		j.list("expiring", len(p.Expiring), func(i int) any { return p.Expiring[i] })
	}
	j.list("mass_changes", len(p.MassChanges), func(i int) any { return p.MassChanges[i] })
	j.member("unchanged", object(p.Unchanged))
	j.member("display_names", object(p.DisplayNames))
	j.member("set_names", object(p.SetNames))
	j.member("requests", wireRequests(p.Requests))
	j.close("}")
}

// affected writes the differences, after the tables to which they refer.
func (j *writer) affected(all []rights.Difference) {
	tables := newTableEncoder()
	differences, err := tables.differences(all)
	if err != nil {
		j.err = cmp.Or(j.err, err)
		return
	}
	j.list("rights", len(tables.rights), func(i int) any { return tables.rights[i] })
	j.list("grants", len(tables.grants), func(i int) any { return tables.grants[i] })
	j.list("causes", len(tables.causes), func(i int) any { return tables.causes[i] })
	j.list("affected", len(differences), func(i int) any { return &differences[i] })
}

// list writes a member that is an array with one element a line.
func (j *writer) list(name string, n int, at func(int) any) {
	j.name(name)
	j.open("[")
	for i := range n {
		j.next()
		j.value(at(i))
	}
	j.close("]")
}

// object makes an absent map an empty one, so that readers never meet null.
func object[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

// A writer writes indented JSON member by member. The first error stays and is
// what flush returns.
type writer struct {
	out   *bufio.Writer
	buf   bytes.Buffer
	enc   *json.Encoder
	depth int
	empty bool // nothing stands in the innermost bracket yet
	err   error
}

func newWriter(w io.Writer) *writer {
	j := &writer{out: bufio.NewWriterSize(w, 64<<10)}
	j.enc = json.NewEncoder(&j.buf)
	j.enc.SetEscapeHTML(false)
	return j
}

func (j *writer) raw(s string) {
	if j.err == nil {
		_, j.err = j.out.WriteString(s)
	}
}

func (j *writer) open(bracket string) {
	j.raw(bracket)
	j.depth++
	j.empty = true
}

func (j *writer) close(bracket string) {
	j.depth--
	if !j.empty {
		j.line()
	}
	j.raw(bracket)
	j.empty = false
}

// next starts an element or a member on a line of its own.
func (j *writer) next() {
	if !j.empty {
		j.raw(",")
	}
	j.empty = false
	j.line()
}

func (j *writer) line() {
	j.raw("\n")
	for range j.depth {
		j.raw("  ")
	}
}

func (j *writer) name(name string) {
	j.next()
	j.raw(`"` + name + `": `)
}

func (j *writer) member(name string, v any) {
	j.name(name)
	j.value(v)
}

func (j *writer) value(v any) {
	if j.err != nil {
		return
	}
	j.buf.Reset()
	if j.err = j.enc.Encode(v); j.err == nil {
		_, j.err = j.out.Write(text.JSON(bytes.TrimSuffix(j.buf.Bytes(), []byte("\n"))))
	}
}

func (j *writer) flush() error {
	if j.err != nil {
		return j.err
	}
	return j.out.Flush()
}
