package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostMarkdown is the largest size of a page in bytes of UTF-8. GitHub takes 65,536 characters or
// 262,144 bytes, depending on what is posted, and GitLab 1,000,000 characters. No text has more
// characters than bytes, however they are counted.
const mostMarkdown = 60_000

// Markdown writes the plans of a document as one page of GitHub Flavored Markdown, for a comment on a
// pull request. It shows every change and every value if they fit, whatever the options. Otherwise the
// page says at its top that it is not the whole plan, and what it leaves out, beginning with what is
// least risky. Only a whole page of a plan that can be applied says how to apply it. The first line
// has the marker of each tenant.
func Markdown(w io.Writer, d *plan.Document, _ Options) error {
	_, err := io.WriteString(w, markdown(d, mostMarkdown))
	return err
}

// WholeInMarkdown reports whether the page of Markdown shows all of a document.
func WholeInMarkdown(d *plan.Document) bool {
	_, fits := wholeMarkdown(d, mostMarkdown)
	return fits
}

// wholeMarkdown returns the page of a document, if it has at most so many bytes.
func wholeMarkdown(d *plan.Document, most int) (page string, fits bool) {
	c := newComment(d, true)
	left := most
	for _, s := range c.sections {
		for i := range s.items {
			s.items[i].render()
			if left -= len(s.items[i].text); left < 0 {
				return "", false
			}
		}
	}
	page = c.String()
	return page, len(page) <= most
}

func markdown(d *plan.Document, most int) string {
	if page, fits := wholeMarkdown(d, most); fits {
		return page
	}
	c := newComment(d, false)
	c.cut(most)
	return c.String()
}

// A comment is a page of Markdown that can be cut.
type comment struct {
	doc      *plan.Document
	sections []*section
	notice   string // says that the page is not the whole plan; empty if it is
}

// A section has items between two texts.
type section struct {
	open, close string
	fence       bool // the items are in a fence
	items       []item
}

// String returns the page. It has no section without an item.
func (c *comment) String() string {
	var b strings.Builder
	b.WriteString(c.begin())
	fence := fenceFor(c.longestRun())
	for _, s := range c.sections {
		s.write(&b, fence)
	}
	b.WriteString(c.end())
	return b.String()
}

// begin writes the markers, the verdict about all plans, and the notice.
func (c *comment) begin() string {
	markers := make([]string, len(c.doc.Plans))
	for i, p := range c.doc.Plans {
		markers[i] = Marker("plan", p.Product, p.Tenant)
	}
	return strings.Join(markers, "") + "\n## rolecall plan: " + verdict(c.doc, code) + "\n\n" + c.notice
}

// end writes the digest and, below a whole page, how to apply the plan by it.
func (c *comment) end() string {
	writes := 0
	for i := range c.doc.Assertions {
		if !c.doc.Assertions[i].Holds {
			return ""
		}
	}
	for _, p := range c.doc.Plans {
		if p.Errors()+len(p.Violations) > 0 {
			return ""
		}
		writes += p.Summary().Writes()
	}
	digest := c.doc.Digest()
	if writes == 0 || digest == "" {
		return ""
	}
	if c.notice != "" {
		return fmt.Sprintf("Digest of the whole plan, which this comment does not show: %s\n", code(digest))
	}
	command := "rolecall apply --digest " + digest
	if d := c.doc.Directory; d != "" && d != "." {
		command += " " + text.ShellWord(d)
	}
	fence := fenceFor(backticks(command))
	return fmt.Sprintf("Digest: %s\n\nTo apply exactly these changes, or nothing, run this with the variables, targets and limits of the plan:\n\n%[2]ssh\n%[3]s\n%[2]s\n",
		code(digest), fence, command)
}

// longestRun returns the length of the longest run of backticks in a fence.
func (c *comment) longestRun() int {
	n := 0
	for _, s := range c.sections {
		for i := range s.items {
			if s.fence && s.items[i].state != omitted {
				n = max(n, backticks(s.items[i].shown()))
			}
		}
	}
	return n
}

// write writes the section, unless all of its items are omitted.
func (s *section) write(b *strings.Builder, fence string) {
	var items strings.Builder
	missing := 0
	for i := range s.items {
		if s.items[i].state == omitted {
			missing += s.items[i].what.n
		} else {
			items.WriteString(s.items[i].shown())
		}
	}
	if items.Len() == 0 {
		return
	}
	b.WriteString(s.open)
	if !s.fence {
		b.WriteString(items.String() + s.close)
		return
	}
	b.WriteString(fence + "diff\n" + strings.TrimRight(items.String(), "\n") + "\n")
	if missing > 0 {
		b.WriteString(missingLine(missing))
	}
	b.WriteString(fence + "\n\n" + s.close)
}

// missingLine ends a fence of which items are omitted.
func missingLine(n int) string { return "    … " + text.Number(n) + " more, not in this comment\n" }
