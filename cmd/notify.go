package cmd

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/cmd/notify"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// notifyEnv is the environment variable with URLs for notifications, as --notify has them: separated
// by spaces or line ends.
const notifyEnv = "ROLECALL_NOTIFY"

// notifyFlags say where a check sends its result. No file can, because the URLs contain secrets.
type notifyFlags struct{ urls []string }

func (n *notifyFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&n.urls, "notify", nil,
		"send the result to `URL` if it changed since the last notification; can be repeated (also: "+notifyEnv+")")
}

// A notifier sends the result of a check to its targets.
type notifier struct {
	f       *Factory
	dir     string
	targets []*notify.Target
}

// open reads the URLs of the command line and the environment, and adds their secrets to those of the run.
func (n *notifyFlags) open(f *Factory, dir string) (*notifier, error) {
	out := &notifier{f: f, dir: dir}
	add := func(from string, urls []string) error {
		for i, address := range urls {
			t, err := notify.Parse(address, f.secrets)
			if err != nil {
				if len(urls) > 1 {
					from = fmt.Sprintf("%s, URL %d of %d", from, i+1, len(urls))
				}
				return advise("Nothing was checked. docs/notifications.md describes the URLs.", "%s: %w", from, err)
			}
			if !slices.ContainsFunc(out.targets, func(other *notify.Target) bool { return other.ID == t.ID }) {
				out.targets = append(out.targets, t)
			}
		}
		return nil
	}
	if err := add("flag --notify", n.urls); err != nil {
		return nil, err
	}
	if err := add("environment variable "+notifyEnv, strings.Fields(f.Environ.env(notifyEnv))); err != nil {
		return nil, err
	}
	return out, nil
}

// A checkResult is what a check found: the differences of all tenants, or why it failed.
type checkResult struct {
	all []*drift.Drift
	err error
}

// finish notifies the targets of the result of a check, and returns the error that the command ends with:
// err is that of the check. A notification that failed is reported and makes a success an error; any
// other exit code stays.
func (n *notifier) finish(ctx context.Context, all []*drift.Drift, err error) error {
	if len(n.targets) == 0 || ctx.Err() != nil {
		return err
	}
	if ok := n.notify(ctx, checkResult{all, err}); !ok && err == nil {
		return exitWith(exitError)
	}
	return err
}

// notify sends the result to each target for which it is new. It reports errors and returns whether there
// were none.
func (n *notifier) notify(ctx context.Context, r checkResult) bool {
	ok := true
	fail := func(err error) { n.f.report(err); ok = false }
	told, err := readNotified(n.f, n.dir)
	if err != nil {
		fail(advise("The result is sent as if it were new.", "it is not known what was notified before: %w", err))
	}
	transport, done, err := n.transport()
	if err != nil {
		fail(err)
		return false
	}
	defer done()
	var sent []string
	for _, t := range n.targets {
		next, notice, changed := n.compare(told.of(t.ID), r)
		if !changed {
			continue
		}
		if err := t.Send(ctx, transport, notice.Title, notice.Lines); err != nil {
			fail(advise("It is sent again by the next check.", "the notification to %s failed: %w", t.Name, err))
			continue
		}
		told.set(next)
		sent = append(sent, t.Name)
	}
	if len(sent) > 0 {
		fmt.Fprintf(n.f.Err, "Notified %s.\n", text.And(sent))
		if err := told.write(n.f, n.dir); err != nil {
			fail(advise("The next check sends the same notification again.", "what was notified could not be stored: %w", err))
		}
	}
	return ok
}

// compare returns what a target knows after a notification, the notification, and whether the result
// differs from the last one.
func (n *notifier) compare(before notifiedTarget, r checkResult) (next notifiedTarget, notice render.Notice, changed bool) {
	next = notifiedTarget{Target: before.Target}
	if r.all == nil {
		next.Trouble, next.Differences = failureKind(r.err), before.Differences
		return next, n.failed(r.err), next.Trouble != before.Trouble
	}
	known := map[string]bool{}
	for _, h := range before.Differences {
		known[h] = true
	}
	fresh := 0
	for _, d := range r.all {
		for i := range d.Differences {
			h := differenceHash(d, &d.Differences[i])
			next.Differences = append(next.Differences, h)
			if !known[h] {
				fresh++
			}
		}
	}
	slices.Sort(next.Differences)
	next.Trouble = incompleteHash(r.all)
	news := render.DriftNews{
		New:       func(d *drift.Drift, x *drift.Difference) bool { return !known[differenceHash(d, x)] },
		Recovered: before.Trouble != "" && next.Trouble == "",
	}
	if next.Trouble == "" || next.Trouble == before.Trouble { // else a difference may only be unseen
		news.Gone = len(before.Differences) + fresh - len(next.Differences)
	}
	notice = render.DriftNotice(r.all, news)
	n.prepare(&notice)
	return next, notice, fresh > 0 || news.Gone > 0 || next.Trouble != before.Trouble
}

// failureKind identifies why a check failed. The message is left out, because it may have numbers that are
// never the same.
func failureKind(err error) string {
	if reported(err) {
		return "failed files"
	}
	return fmt.Sprintf("failed %d", exitCode(err))
}

// reported reports whether the error is that the files have errors, which were printed.
func reported(err error) bool {
	e, ok := err.(*ending)
	return ok && e.err == nil
}

// failed is the notification of a check that failed.
func (n *notifier) failed(err error) render.Notice {
	name := n.dir
	if full, err := filepath.Abs(n.dir); err == nil {
		name = filepath.Base(full)
	}
	if n.f.tenant != nil {
		name = n.f.tenant.Name
	}
	why := "the files have errors, which the output of the command lists, so it is not known whether anything differs"
	if !reported(err) {
		why = err.Error()
	}
	notice := render.FailedNotice(name, why)
	n.prepare(&notice)
	return notice
}

// longestLine is the number of characters of a line of a notification.
const longestLine = 200

// prepare adds where the log of the run is, replaces the secrets of the run, such as a key that a product
// repeats in a name, and shortens long lines.
func (n *notifier) prepare(notice *render.Notice) {
	if log := n.f.Environ.runLog(); log != "" {
		notice.Lines = append(notice.Lines, "Log: "+text.Clean(log))
	}
	line := func(s string) string { return text.Shorten(n.f.secrets.Redact(s), longestLine) }
	notice.Title = line(notice.Title)
	for i, s := range notice.Lines {
		notice.Lines[i] = line(s)
	}
}

// transport returns a transport of its own for notifications, which never carries the key of a product.
func (n *notifier) transport() (http.RoundTripper, func(), error) {
	if n.f.Transport != nil {
		return n.f.Transport, func() {}, nil
	}
	variable, err := findProxy(n.f.Environ, n.f.secrets)
	if err != nil {
		return nil, nil, err
	}
	t := rest.NewProxied(variable)
	return t, t.CloseIdleConnections, nil
}
