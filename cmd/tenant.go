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
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// dataDir is the folder beside the configuration in which rolecall keeps journals,
// the lock, and the data of embedded emulators.
const dataDir = ".rolecall"

// journalDir is the folder in it for journals.
const journalDir = "journal"

// embedded is the endpoint that means the emulator inside the program.
const embedded = "emulator"

// A tenant is a connection to one customer account, behind a gate that lets
// nothing but reads through until it is opened.
type tenant struct {
	name     string // of the provider block
	settings schema.Object
	product  *Product
	client   provider.Client
	index    *schema.Index
	gate     *gate
	idle     func() // closes connections that nothing uses
	endpoint string
	budget   int // requests a minute that the product allows us
	sent     atomic.Int64
	asked    atomic.Bool // for what the journals say
	requests *requestLog // nil where none is kept
	closer   io.Closer   // the embedded emulator; nil for a real product
	past     func() (apply.History, error)
}

// connect signs in to the tenant of a provider block. Writes says whether the
// embedded emulator may keep what is written to it.
func (f *Factory) connect(ctx context.Context, dir string, b block, c credential, writes bool) (*tenant, error) {
	name, settings := b.name, *b.settings
	product, err := f.product(productOf(name))
	if err != nil {
		return nil, err
	}
	p := product.Provider
	t := &tenant{name: name, settings: settings, product: product, index: &schema.Index{}, endpoint: p.Endpoint(&settings), budget: p.Budget(&settings)}
	o := provider.Options{
		Tenant: name, Settings: settings, Index: t.index, Endpoint: t.endpoint, Budget: t.budget,
		UserAgent: "rolecall/" + f.Version.Release,
		Observe:   func(provider.Traffic) { t.sent.Add(1) },
		Wait:      f.Wait,
		Now:       f.Now,
		Timeout:   f.Timeout,
	}
	t.past = sync.OnceValues(func() (apply.History, error) {
		about := apply.Header{Product: p.Name, Tenant: t.client.Identity().Tenant, Endpoint: t.endpoint}
		journals, err := openJournals(dir)
		if err != nil {
			return nil, err
		}
		defer journals.Close()
		return apply.ReadPast(journals, f.schemas(), about)
	})
	o.Recall = t.recall
	var transport http.RoundTripper
	state, seed := filepath.Join(dir, dataDir, name+".json"), filepath.Join(dir, name+".seed.json")
	if t.endpoint == embedded {
		if err := cmp.Or(f.mayRead(dir, seed), ownData(dir, name, writes)); err != nil {
			return nil, fmt.Errorf("provider %s: %w", name, err)
		}
		e, err := product.Embed(&settings, state, seed, writes)
		if err != nil {
			return nil, fmt.Errorf("provider %s: %w", name, err)
		}
		transport, t.closer = e.Transport, e
		o.Endpoint, o.Key, o.Budget = e.BaseURL, e.Key, 0 // it has no limit to keep to
	} else {
		if t.requests = f.openRequestLog(requestsOf(p, &settings)); t.requests != nil {
			o.Requests = t.requests
		}
		o.Key, o.Secrets = c.key, f.secrets // those of an emulator are no secrets
		if transport = f.Transport; transport == nil {
			variable, err := f.proxy()
			if err != nil {
				return nil, err
			}
			own := rest.NewProxied(variable)
			transport, t.idle = own, own.CloseIdleConnections
		}
		transport = c.hosts.Transport(transport)
	}
	t.gate = newGate(transport, p)
	o.Transport = t.gate
	if t.client, err = p.Connect(ctx, o); err != nil {
		t.close()
		if t.endpoint == embedded && (errors.Is(err, provider.ErrCredentials) || errors.Is(err, provider.ErrTenant)) {
			err = staleEmulatorHint(err, state, seed)
		}
		return nil, err
	}
	return t, nil
}

// mayRead refuses a seed that the files of a configuration may not read, such as a link
// to somewhere else or a pipe. One that does not exist is fine.
func (f *Factory) mayRead(dir, seed string) error {
	if _, err := os.Lstat(seed); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, _, err := config.Reader{Root: cmp.Or(f.root, dir), Environ: f.Environ}.ReadFile(seed)
	return err
}

// ownData makes sure that the data of an embedded emulator is a file in the
// configuration's own folder, and no link to somewhere else.
func ownData(dir, name string, writes bool) error {
	data, err := datadir.Open(dir, writes, dataDir)
	if !writes && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer data.Close()
	return data.Check(name + ".json")
}

// staleEmulatorHint advises where the emulator inside the program does not let in whom the
// provider block names. The key, which a product would advise about, is always the
// right one there: the data are about somebody else.
func staleEmulatorHint(err error, state, seed string) error {
	if _, missing := os.Stat(state); missing == nil {
		return advise("The emulator inside rolecall keeps its data in "+state+", and they were made when the provider block said something else. "+
			"Set the block back, or delete the file to start afresh.", "%w", err)
	}
	if _, missing := os.Stat(seed); missing == nil {
		return advise("The emulator inside rolecall starts with "+seed+", which is about another account than the provider block. Correct one of the two.", "%w", err)
	}
	return err
}

// recall returns an object as the journals say that it was last written. Where
// they cannot be read nothing is known; recalled tells.
func (t *tenant) recall(a schema.Address) (schema.Object, bool) {
	t.asked.Store(true)
	past, err := t.past()
	if err != nil {
		return schema.Object{}, false
	}
	return past.Of(a)
}

// recalled returns the error of the journals, where something was asked of them.
func (t *tenant) recalled() error {
	if !t.asked.Load() {
		return nil
	}
	_, err := t.past()
	if err == nil {
		return nil
	}
	return advise(t.product.Provider.Title+" does not let everything be read that can be written, so rolecall has to know what it wrote last. "+
		"Repair the file, or move it away: the objects that only it records then have to be written as a whole.",
		"what was written last is not known: %w", err)
}

// remember reads the journals before there is one of this run, where the plan is
// about objects that cannot be read.
func (t *tenant) remember(p *plan.Plan) error {
	for i := range p.Changes {
		if have := p.Changes[i].Have; have != nil && have.LastWritten {
			t.recall(have.Addr)
			break
		}
	}
	return t.recalled()
}

// close lets go of the connection. The emulator's data is on the disk already.
func (t *tenant) close() {
	if t.closer != nil {
		_ = t.closer.Close()
	}
	if t.idle != nil {
		t.idle()
	}
	if t.requests != nil {
		t.requests.Close()
	}
}
