package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A readProgress shows on a terminal what has been read: "Reading roles, 1,200 users".
// A nil one shows nothing.
type readProgress struct {
	mu   sync.Mutex
	bar  *progressbar.ProgressBar
	seen map[string]int    // plural of the kind -> objects so far
	full map[string]string // how many of them were read one by one
}

// newReadProgress starts showing progress, if standard error is a terminal.
func newReadProgress(s *Streams, what string) *readProgress {
	if !s.ErrTerminal {
		return nil
	}
	r := &readProgress{seen: map[string]int{}, full: map[string]string{}, bar: progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(s.screen),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionEnableColorCodes(false),
	)}
	_ = r.bar.RenderBlank() // progress that cannot be drawn does not stop the command
	return r
}

func (r *readProgress) observe(p live.Progress) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.Of > 0 {
		r.full[p.Kind.Many()] = fmt.Sprintf(" (details of %s)", text.Number(p.Whole))
	} else {
		r.seen[p.Kind.Many()] = p.Seen
	}
	var parts []string
	for _, kind := range sortedByCount(r.seen) {
		parts = append(parts, text.Number(r.seen[kind])+" "+text.Words(kind)+r.full[kind])
	}
	r.bar.Describe("Reading " + strings.Join(parts, ", "))
	_ = r.bar.Add(1)
}

func (r *readProgress) done() {
	if r != nil {
		_ = r.bar.Finish()
	}
}

// A writeProgress shows on a terminal how many changes are applied, how long that has
// taken, and how long it takes in all. A nil one shows nothing.
type writeProgress struct {
	bar     *progressbar.ProgressBar
	total   int
	minutes float64 // that the plan says it takes
	now     func() time.Time
	begin   time.Time
}

// newWriteProgress starts showing progress, if standard error is a terminal. Minutes is
// the estimate of the plan.
func newWriteProgress(s *Streams, now func() time.Time, total int, minutes float64) *writeProgress {
	if !s.ErrTerminal || total == 0 {
		return nil
	}
	return &writeProgress{total: total, minutes: minutes, now: now, begin: now(), bar: progressbar.NewOptions(total,
		progressbar.OptionSetWriter(s.screen),
		progressbar.OptionSetDescription("Applying"),
		progressbar.OptionSetWidth(min(30, max(10, s.Width/3))),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionEnableColorCodes(false),
	)}
}

func (a *writeProgress) observe(e apply.Event) {
	if a == nil || e.Result == nil {
		return
	}
	a.bar.Describe("Applying " + text.Words(kindOf(e.Change).Many()) + ", " + a.timing(e.Settled))
	_ = a.bar.Set(e.Settled)
}

// timing returns how long applying has taken and the estimate of the whole: that of the plan,
// or a larger one if the changes so far took longer.
func (a *writeProgress) timing(settled int) string {
	elapsed := a.now().Sub(a.begin)
	all := time.Duration(a.minutes * float64(time.Minute))
	if settled > 0 {
		all = max(all, elapsed/time.Duration(settled)*time.Duration(a.total))
	}
	return briefly(elapsed) + " of about " + briefly(all)
}

// briefly writes a duration for a person: "45s", "19m", "1h 5m".
func briefly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
}

// kindOf is the kind of what a change is about: one side is always there.
func kindOf(c *plan.Change) *schema.Kind {
	if c.Want != nil {
		return c.Want.Kind
	}
	return c.Have.Kind
}

func (a *writeProgress) done() {
	if a != nil {
		_ = a.bar.Finish()
	}
}

// sortedByCount sorts the kinds by the number of objects, so that the number that grows is the
// last.
func sortedByCount(seen map[string]int) []string {
	var kinds []string
	for k := range seen {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b string) int {
		return cmp.Or(cmp.Compare(seen[a], seen[b]), strings.Compare(a, b))
	})
	return kinds
}
