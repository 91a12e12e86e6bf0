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

// A reading shows on a terminal how far listing is: "Reading roles, 1,200 users".
// A nil one shows nothing.
type reading struct {
	mu   sync.Mutex
	bar  *progressbar.ProgressBar
	seen map[string]int // plural of the kind -> objects so far
}

// reading starts showing that something is going on, where a person watches.
func (f *Factory) reading(what string) *reading {
	if !f.ErrTerminal {
		return nil
	}
	r := &reading{seen: map[string]int{}, bar: progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(f.screen),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionEnableColorCodes(false),
	)}
	_ = r.bar.RenderBlank() // a progress that cannot be drawn is no reason to stop
	return r
}

func (r *reading) observe(p live.Progress) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[p.Kind.Many()] = p.Seen
	var parts []string
	for _, kind := range sortedByCount(r.seen) {
		parts = append(parts, text.Number(r.seen[kind])+" "+words(kind))
	}
	r.bar.Describe("Reading " + strings.Join(parts, ", "))
	_ = r.bar.Add(1)
}

func (r *reading) done() {
	if r != nil {
		_ = r.bar.Finish()
	}
}

// An applying shows on a terminal how far writing is: how many changes, how long it has
// taken, and how long all of it takes. A nil one shows nothing.
type applying struct {
	bar     *progressbar.ProgressBar
	total   int
	minutes float64 // that the plan says it takes
	now     func() time.Time
	begin   time.Time
}

// applying starts showing, where a person watches. Minutes is the estimate of the plan.
func (f *Factory) applying(total int, minutes float64) *applying {
	if !f.ErrTerminal || total == 0 {
		return nil
	}
	return &applying{total: total, minutes: minutes, now: f.Now, begin: f.Now(), bar: progressbar.NewOptions(total,
		progressbar.OptionSetWriter(f.screen),
		progressbar.OptionSetDescription("Applying"),
		progressbar.OptionSetWidth(min(30, max(10, f.Width/3))),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionEnableColorCodes(false),
	)}
}

func (a *applying) observe(e apply.Event) {
	if a == nil || e.Result == nil {
		return
	}
	a.bar.Describe("Applying " + words(kindOf(e.Change).Many()) + ", " + a.timing(e.Settled))
	_ = a.bar.Set(e.Settled)
}

// timing says how long applying has taken and how long it takes in all: as long as the
// plan says, or longer where the changes so far took longer.
func (a *applying) timing(settled int) string {
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

func (a *applying) done() {
	if a != nil {
		_ = a.bar.Finish()
	}
}

// sortedByCount puts the kinds with the fewest objects first, so that the number
// that keeps growing stands last.
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
