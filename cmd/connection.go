package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/checks"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// embedded is the endpoint that means the emulator inside the program.
const embedded = "emulator"

// A connection is a connection to the tenant of a provider block. It refuses
// everything but reads until its gate is opened.
type connection struct {
	block
	client   provider.Client
	index    *schema.Index
	gate     *gate
	budget   int // requests per minute
	sent     atomic.Int64
	warnings warningLog  // of the product
	idle     func()      // closes connections that nothing uses; may be nil
	requests *requestLog // nil if none is kept
	emulator io.Closer   // nil for a real product

	live     map[string][]schema.Object // by kind, as the last plan read them
	unlisted map[string]error           // by kind, why the last plan could not read it
	checked  checks.Input               // for drift
	checks   []plan.Check

	history  func() (apply.History, error) // what the journals of the directory record
	recalled atomic.Bool                   // lastWritten was called
}

// connect connects to the tenant of a provider block of the configuration in dir. If
// writes is set, an embedded emulator stores what is written to it.
func connect(ctx context.Context, f *Factory, reader config.Reader, dir string, b block, secret credential, writes bool) (*connection, error) {
	p := b.product.Provider
	c := &connection{block: b, index: &schema.Index{}, budget: p.Budget(b.settings)}
	c.history = sync.OnceValues(func() (apply.History, error) {
		journals, err := openJournals(f, dir)
		if err != nil {
			return nil, err
		}
		defer journals.Close()
		return apply.ReadHistory(journals, f.Products.schemas(), apply.Header{Product: p.Name, Tenant: c.tenantID(), Endpoint: c.endpoint()})
	})
	o := provider.Options{
		Tenant: b.name, Settings: *b.settings, Index: c.index, Endpoint: c.endpoint(), Budget: c.budget,
		UserAgent:   "rolecall/" + f.Version.Release,
		Observe:     func(t provider.Traffic) { c.sent.Add(1); c.warnings.add(t) },
		Wait:        f.Wait,
		Now:         f.Now,
		Timeout:     f.Timeout,
		LastWritten: c.lastWritten,
	}
	var transport http.RoundTripper
	state, seed := f.dataFile(dir, b.name+".json"), filepath.Join(dir, b.name+".seed.json")
	if b.emulated() {
		reader.Root = cmp.Or(reader.Root, dir)
		if err := cmp.Or(checkSeed(reader, seed), checkData(f, dir, b.name, writes)); err != nil {
			return nil, fmt.Errorf("provider %s: %w", b.name, err)
		}
		e, err := b.product.Embed(b.settings, state, seed, writes)
		if err != nil {
			return nil, fmt.Errorf("provider %s: %w", b.name, err)
		}
		transport, c.emulator = e.Transport, e
		o.Endpoint, o.Key, o.Budget = e.BaseURL, e.Key, 0 // it has no limit
	} else {
		if c.requests = openRequestLog(f.Environ, f.Now, requestsOf(p, b.settings)); c.requests != nil {
			o.Requests = c.requests
		}
		o.User, o.Password = secret.user, secret.password
		o.Key, o.Secrets = secret.key, f.secrets // the key of an emulator is no secret
		if transport = f.Transport; transport == nil {
			variable, err := findProxy(f.Environ, f.secrets)
			if err != nil {
				return nil, err
			}
			own := rest.NewProxied(variable)
			transport, c.idle = own, own.CloseIdleConnections
		}
		transport = secret.hosts.Transport(transport)
	}
	c.gate = newGate(transport, p)
	o.Transport = c.gate
	var err error
	if c.client, err = p.Connect(ctx, o); err != nil {
		c.close()
		if b.emulated() && (errors.Is(err, provider.ErrCredentials) || errors.Is(err, provider.ErrTenant)) {
			err = staleEmulatorHint(err, state, seed)
		}
		return nil, err
	}
	return c, nil
}

// tenantID is what the product calls the tenant.
func (c *connection) tenantID() string { return c.client.Identity().Tenant }

// checkSeed refuses a seed that the configuration may not read, such as a link
// to somewhere else or a pipe. It may be missing.
func checkSeed(r config.Reader, seed string) error {
	if _, err := os.Lstat(seed); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, _, err := r.ReadFile(seed)
	return err
}

// checkData makes sure that the data of an embedded emulator is a file in the
// folder of the configuration, and no link to somewhere else.
func checkData(f *Factory, dir, name string, writes bool) error {
	data, err := f.openData(dir, writes)
	if !writes && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer data.Close()
	return data.Check(name + ".json")
}

// staleEmulatorHint replaces the hint of an embedded emulator that rejects the provider
// block. The hint of the product is about the key, which is always correct there: the
// data belong to another tenant.
func staleEmulatorHint(err error, state, seed string) error {
	if _, missing := os.Stat(state); missing == nil {
		return advise("The emulator inside rolecall keeps its data in "+state+", and the provider block has changed since they were created. "+
			"Change the block back, or delete the file to start again.", "%w", err)
	}
	if _, missing := os.Stat(seed); missing == nil {
		return advise("The emulator inside rolecall starts with "+seed+", which is for another tenant than the provider block. Correct one of the two.", "%w", err)
	}
	return err
}

// lastWritten returns an object as the journals say that it was last written. If
// they cannot be read it returns none; historyError returns the error.
func (c *connection) lastWritten(a schema.Address) (schema.Object, bool) {
	c.recalled.Store(true)
	history, err := c.history()
	if err != nil {
		return schema.Object{}, false
	}
	return history.Of(a)
}

// historyError returns the error of reading the journals, if lastWritten was called.
func (c *connection) historyError() error {
	if !c.recalled.Load() {
		return nil
	}
	_, err := c.history()
	if err == nil {
		return nil
	}
	return advise(c.product.Provider.Title+" does not show everything that can be written, so rolecall needs to know what it wrote last. "+
		"Repair the file, or move it away: objects that only this file records must then be written as a whole.",
		"rolecall does not know what it wrote last: %w", err)
}

// readHistory reads the journals before this run begins its own, if the plan
// changes objects that cannot be read.
func (c *connection) readHistory(p *plan.Plan) error {
	for i := range p.Changes {
		if have := p.Changes[i].Have; have != nil && have.LastWritten {
			c.lastWritten(have.Addr)
			break
		}
	}
	return c.historyError()
}

// close closes the connection. The data of an emulator is already stored.
func (c *connection) close() {
	if c.emulator != nil {
		_ = c.emulator.Close()
	}
	if c.idle != nil {
		c.idle()
	}
	if c.requests != nil {
		c.requests.Close()
	}
}
