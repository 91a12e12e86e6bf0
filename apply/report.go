package apply

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Write prints the report for people: a line of summary, each change that did not succeed with
// the reason, and what to do. Lines are wrapped at width; 0 does not wrap.
func (r *Report) Write(w io.Writer, width int, colored bool) error {
	t := reportPage{&printer{width: width, style: text.Style(colored), labels: r.Plan.DisplayNames, names: r.Plan.SetNames}, r}
	t.styled(t.tone(), r.Summary())
	t.failed()
	t.diverged()
	t.stale()
	t.skipped()
	t.notStarted()
	t.notes()
	t.next()
	_, err := io.WriteString(w, t.b.String())
	return err
}

// A reportPage prints the sections of a report.
type reportPage struct {
	*printer
	report *Report
}

// Summary is the run in one sentence: "Applied 12 of 14 changes: 1 stale, 1 failed."
func (r *Report) Summary() string {
	total, done := len(r.Results), r.Count(Done)
	if total == 0 {
		return "Nothing to apply."
	}
	if done == total {
		return r.allDone(total)
	}
	var parts []string
	for _, s := range []struct {
		status Status
		word   string
	}{{Failed, "failed"}, {Diverged, "diverged"}, {Stale, "stale"}, {Skipped, "skipped"}, {NotStarted, "not started"}} {
		if n := r.Count(s.status); n > 0 {
			parts = append(parts, text.Number(n)+" "+s.word)
		}
	}
	return fmt.Sprintf("Applied %s of %s: %s.", text.Number(done), text.Count(total, "change", "changes"), strings.Join(parts, ", "))
}

func (r *Report) allDone(total int) string {
	already := 0
	for i := range r.Results {
		if r.Results[i].Noop {
			already++
		}
	}
	switch {
	case already == 0:
		return fmt.Sprintf("Applied %s.", text.Count(total, "change", "changes"))
	case already < total:
		return fmt.Sprintf("Applied %s, %s of which had been in effect already.", text.Count(total, "change", "changes"), text.Number(already))
	case total == 1:
		return "Nothing was written: the change had been in effect already."
	}
	return fmt.Sprintf("Nothing was written: all %s had been in effect already.", text.Count(total, "change", "changes"))
}

func (t reportPage) tone() color.Attribute {
	switch {
	case t.report.OK():
		return color.FgGreen
	case t.report.Count(Done) > 0:
		return color.FgYellow
	}
	return color.FgRed
}

func (t reportPage) failed() {
	t.section(Failed, "Failed:", func(res *Result) {
		t.line(2, t.headline(res))
		t.error(4, res.Err)
		if hint := provider.Hint(res.Err); hint != "" {
			t.line(4, hint)
		}
	})
}

func (t reportPage) diverged() {
	t.section(Diverged, "Written, but reads back differently:", func(res *Result) {
		t.line(2, t.headline(res))
		if res.Err != nil {
			t.error(4, res.Err)
		}
		if want := res.Change.Want; want != nil {
			t.differences(want, &res.After, res.Differs, "instead of")
		}
	})
}

func (t reportPage) stale() {
	t.section(Stale, "Changed since the plan was made; skipped:", func(res *Result) {
		t.line(2, t.headline(res))
		if res.Differs == 0 {
			t.error(4, res.Err)
			return
		}
		if res.Change.Have == nil {
			t.line(4, "it exists now")
			t.differences(res.Change.Want, &res.After, res.Differs, "instead of the wanted")
			return
		}
		t.differences(res.Change.Have, &res.After, res.Differs, "and was")
	})
}

func (t reportPage) skipped() {
	t.grouped("Skipped:", func(res *Result) string {
		if res.Status != Skipped {
			return ""
		}
		return res.Err.Error()
	})
}

// notes lists changes that are in effect without a write by this run.
func (t reportPage) notes() {
	t.grouped("Worth knowing:", func(res *Result) string { return res.Note })
}

// section prints the results with the status below a title.
func (t reportPage) section(s Status, title string, tell func(*Result)) {
	first := true
	for i := range t.report.Results {
		if t.report.Results[i].Status != s {
			continue
		}
		if first {
			t.title(title)
			first = false
		}
		tell(&t.report.Results[i])
	}
}

func (t reportPage) headline(r *Result) string {
	return fmt.Sprintf("%s (%s)", r.Change.Addr, r.Change.Action)
}

// grouped prints a section of the changes for which the function returns a text, and each text
// once for all its changes: one failed role may block a thousand users.
func (t reportPage) grouped(title string, textOf func(*Result) string) {
	var order []string
	by := map[string][]*Result{}
	for i := range t.report.Results {
		res := &t.report.Results[i]
		why := textOf(res)
		if why == "" {
			continue
		}
		if by[why] == nil {
			order = append(order, why)
		}
		by[why] = append(by[why], res)
	}
	if len(order) > 0 {
		t.title(title)
	}
	for _, why := range order {
		t.line(2, names(by[why]))
		t.line(4, why)
	}
}

func (t reportPage) notStarted() {
	var waiting []*Result
	for i := range t.report.Results {
		if t.report.Results[i].Status == NotStarted {
			waiting = append(waiting, &t.report.Results[i])
		}
	}
	switch {
	case t.report.Halted == nil && len(waiting) == 0:
	case len(waiting) == 0:
		t.title("The run ended with an error:")
		t.error(2, t.report.Halted)
	default:
		t.title("Not started:")
		t.line(2, names(waiting))
		if t.report.Halted != nil {
			t.error(4, t.report.Halted)
			if hint := provider.Hint(t.report.Halted); hint != "" {
				t.line(4, hint)
			}
		}
	}
}

// next prints what to do.
func (t reportPage) next() {
	if t.report.OK() {
		return
	}
	t.gap()
	for i := range t.report.Results {
		if t.report.Results[i].OutcomeUnknown {
			t.line(0, "It is not known whether some writes took effect. The next plan reads everything again. Objects that the product does not show stay unconfirmed until they are written again.")
			break
		}
	}
	if t.report.Count(Diverged) > 0 {
		t.line(0, "Writes that read back differently were not repeated. Look at the objects in the product, and change the files to values that the product accepts.")
	}
	switch {
	case errors.Is(t.report.Err(), provider.ErrCredentials):
		t.line(0, "Correct the key, then run plan and apply again: they continue where this run stopped.")
	default:
		t.line(0, "Run plan to see what is left, and apply to continue where this run stopped. Nothing is created twice.")
	}
	switch {
	case errors.Is(t.report.Halted, ErrJournal):
		t.line(0, "Free disk space first. The incomplete journal is "+t.report.Journal)
	case t.report.Journal != "":
		t.line(0, "What was written is recorded in "+t.report.Journal)
	}
}
