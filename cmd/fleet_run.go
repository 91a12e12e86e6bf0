package cmd

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan/fleet"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A fleetRun runs one command for the tenants of a fleet, one after the other, as if it were started for each of
// them, and prints a line for each.
type fleetRun struct {
	f       *Factory
	command string
	o       *fleetFlags
	tenants []config.FleetTenant
	one     func(context.Context, *Factory, *config.FleetTenant) error

	organizations map[string]string // of tenants that were run: product and id -> tenant

	mu      sync.Mutex // the limit of evaluation ends the program from another goroutine
	next    int        // the tenant that is run, or the next one
	lines   []fleet.Line
	unsaved error // the first error of writing lines
}

// A tenantRun is the run for one tenant, as the command sees it.
type tenantRun struct {
	*config.FleetTenant
	run  *fleetRun
	keys string // directory of the files with keys; empty if they come from the environment
	data string // directory with a folder for the data of each tenant; empty if the data is beside the configurations
	line fleet.Line
}

// all runs the command for all tenants and returns an error with the worst exit code.
func (r *fleetRun) all(ctx context.Context) error {
	stop, cancel := r.f.Interrupts(ctx)
	defer cancel()
	for i := range r.tenants {
		if stop.Err() != nil {
			r.giveUp("not run: interrupted")
			break
		}
		r.tenant(ctx, stop, i)
	}
	fmt.Fprintln(r.f.Err, "\n"+r.summary())
	if r.unsaved != nil {
		return fmt.Errorf("results could not be written: %w", r.unsaved)
	}
	if code := r.worst(); code != exitDone && (!r.o.exitZero || stop.Err() != nil) {
		return exitWith(code)
	}
	return nil
}

// tenant runs the command for one tenant, and prints its line.
func (r *fleetRun) tenant(ctx, stop context.Context, i int) {
	t := &r.tenants[i]
	fmt.Fprintf(r.f.Err, "\n%s (%d of %d)\n\n", text.Style(r.f.ErrColor).Bold(t.Name), i+1, len(r.tenants))
	started := r.f.Now()
	run := &tenantRun{FleetTenant: t, run: r, keys: r.o.keys, data: r.o.data, line: fleet.Line{
		Tenant: t.Name, Command: r.command, Started: started.UTC().Format(time.RFC3339), Traceparent: r.trace(),
	}}
	err := recovered(func() error { return r.one(ctx, r.factory(run, stop), t) })
	r.f.report(err)
	run.line.Exit, run.line.Seconds = exitCode(err), math.Round(r.f.Now().Sub(started).Seconds()*10)/10
	switch {
	case err != nil && !reported(err):
		run.line.Error = fleet.Cause(err.Error())
	case run.line.Exit == exitError && run.line.Changes == nil:
		run.line.Error = "the files have errors"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = i + 1
	r.write(run.line)
}

// traceEnv names the trace context of the process that started this one.
const traceEnv = "TRACEPARENT"

func (r *fleetRun) trace() string { return fleet.ParseTraceparent(r.f.Environ.env(traceEnv)) }

// factory is what the command gets from its environment for one tenant. All it prints goes to the error stream,
// and nobody answers questions.
func (r *fleetRun) factory(t *tenantRun, stop context.Context) *Factory {
	f := *r.f
	f.Streams = Streams{
		In: strings.NewReader(""), Out: r.f.Err, Err: r.f.Err, Width: r.f.Width, Color: r.f.ErrColor, ErrColor: r.f.ErrColor,
		content: r.f.Err, commands: r.f.Err, screen: r.f.Err,
	}
	f.tenant = t
	f.Interrupts = func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		unlink := context.AfterFunc(stop, cancel)
		return ctx, func() { unlink(); cancel() }
	}
	if r.f.Exit != nil {
		f.Exit = func(code int) { // the evaluation cannot be stopped, so nothing else can be run
			r.mu.Lock()
			defer r.mu.Unlock()
			t.line.Exit, t.line.Error = code, "evaluating the files exceeded a limit"
			r.write(t.line)
			r.next++
			r.giveUp("not run: evaluating the files of " + t.Name + " exceeded a limit, which ends the program")
			if r.o.exitZero {
				code = exitDone
			}
			r.f.Exit(code)
		}
	}
	return &f
}

// giveUp writes lines for the tenants that are not run.
func (r *fleetRun) giveUp(why string) {
	for i := r.next; i < len(r.tenants); i++ {
		r.write(fleet.Line{Tenant: r.tenants[i].Name, Command: r.command, Exit: exitError, Error: why, Started: r.f.Now().UTC().Format(time.RFC3339), Traceparent: r.trace()})
	}
	r.next = len(r.tenants)
}

// write prints a line, and all lines so far as the termination message.
func (r *fleetRun) write(l fleet.Line) {
	r.lines = append(r.lines, l)
	b, err := l.Encode()
	if err == nil {
		_, err = r.f.content.Write(r.f.secrets.RedactKnown(b))
	}
	r.unsaved = cmp.Or(r.unsaved, err, r.o.saveLast(r.f, r.lines))
}

// worst is the exit code that says what to do about the whole run: first what another attempt may mend.
func (r *fleetRun) worst() int {
	for _, code := range []int{exitPartial, exitError, exitRefused, exitCredentials, exitChanges} {
		if slices.ContainsFunc(r.lines, func(l fleet.Line) bool { return l.Exit == code }) {
			return code
		}
	}
	return exitDone
}

func (r *fleetRun) summary() string {
	failed := 0
	for i := range r.lines {
		if r.lines[i].Failed() {
			failed++
		}
	}
	return fmt.Sprintf("%s: %d failed, %d done.", text.Count(len(r.lines), "tenant", "tenants"), failed, len(r.lines)-failed)
}

// recovered turns a panic into an error, so that a mistake of rolecall for one tenant does not keep others from being run.
func recovered(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = advise("This is a mistake in rolecall. Please report it with these lines:\n"+string(debug.Stack()), "rolecall failed unexpectedly: %v", v)
		}
	}()
	return do()
}

// contained is recovered for the parts of a command that run side by side, if it is run for one of many tenants.
func (t *tenantRun) contained(do func() error) func() error {
	if t == nil {
		return do
	}
	return func() error { return recovered(do) }
}

// distinct refuses a tenant whose organization another tenant of the run has.
func (t *tenantRun) distinct(all []*connection) error {
	if t == nil {
		return nil
	}
	t.line.Organizations = nil
	for _, c := range all {
		if c.emulated() {
			continue
		}
		id := c.product.Provider.Name + " " + c.tenantID()
		t.line.Organizations = append(t.line.Organizations, id)
		key := lockName{product: c.product.Provider.Name, key: strings.ToLower(strings.TrimSpace(c.tenantID()))}.file()
		if other := t.run.organizations[key]; other != "" && other != t.Name {
			return advise("Each would change what the other did. Correct their keys and the settings of their provider blocks, or delete one of the two.",
				"the tenants %s and %s are the same organization: %s %s", other, t.Name, c.product.Provider.Title, c.tenantID())
		}
		t.run.organizations[key] = t.Name
	}
	return nil
}
