package html

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A document is the content of the page of a plan.Document.
type document struct {
	*plan.Document
	Verdict render.Verdict
	Digest  string
	Plans   []*content
	total   int // changes
}

// A content is one plan on the page.
type content struct {
	*render.View
	Plan   *plan.Plan
	Title  string
	Prefix string // of the ids of its sections
	Hidden bool   // a plan has errors, so the changes of all plans are left out
	items  map[schema.Address]item
}

// An item is where a change is on the page.
type item struct {
	id     string // of its element
	number int
	kind   string
	action string
}

func newDocument(d *plan.Document) *document {
	out := &document{Document: d, Verdict: render.VerdictOf(d), Digest: d.Digest()}
	errors := 0
	for _, p := range d.Plans {
		errors += p.Errors()
	}
	ids := map[string]bool{}
	number := 0
	for i, p := range d.Plans {
		c := &content{Plan: p, Title: text.Clean(p.Provider), items: map[schema.Address]item{}}
		if p.Tenant != "" {
			c.Title += ", tenant " + text.Clean(p.Tenant)
		}
		before := ""
		if len(d.Plans) > 1 {
			c.Prefix, before = "plan-"+strconv.Itoa(i+1)+"-", p.Provider+"."
		}
		if errors > 0 {
			c.View, c.Hidden = &render.View{}, true
			out.Plans = append(out.Plans, c)
			continue
		}
		c.View = render.ViewOf(p)
		for _, changes := range [][]plan.Change{p.Changes, p.Observed} {
			for j := range changes {
				a := &changes[j]
				if _, is := c.items[a.Addr]; is || a.Action == schema.NoOp {
					continue
				}
				c.items[a.Addr] = item{newID(ids, before+a.Addr.String()), number, a.Addr.Kind, a.Action.String()}
				number++
			}
		}
		out.total += count(c.Removals) + count(c.Others)
		out.Plans = append(out.Plans, c)
	}
	return out
}

// newID returns an id for the element of an object. It can be the fragment of a URL as it is.
func newID(used map[string]bool, address string) string {
	id := fragment(text.Clean(address))
	for n := 2; used[id]; n++ {
		id = fragment(text.Clean(address)) + "~" + strconv.Itoa(n)
	}
	used[id] = true
	return id
}

// fragment encodes the bytes that package html/template encodes in a URL.
func fragment(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~!#$&*+,/:;=?@[]", c) >= 0,
			c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, c)
		default:
			out = fmt.Appendf(out, "%%%02x", c)
		}
	}
	return string(out)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func (d *document) title() string {
	var providers []string
	for _, c := range d.Plans {
		providers = append(providers, text.Clean(c.Plan.Provider))
	}
	return "Plan for " + text.And(providers) + ": " + d.Verdict.Text
}
