// Package provider is the contract between rolecall and a product. A provider is
// a struct of data and one function; a connection to one tenant is a Client.
//
// Three steps make a provider: describe the kinds (package schema), fill a
// Provider, and pass the suite of package providertest against an emulator.
package provider

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A Provider is one product's adapter. It is data: commands read its name, kinds
// and documentation without connecting to anything.
type Provider struct {
	schema.Product
	// Endpoint returns the base URL that the settings ask for, "emulator" for the
	// embedded one.
	Endpoint func(settings *schema.Object) string
	// SignIn returns the base URL of the server that returns tokens for the credential. It is
	// nil if the credential itself is sent to Endpoint.
	SignIn func(settings *schema.Object) string
	// Budget returns how many requests a minute the settings allow for one tenant.
	Budget func(settings *schema.Object) int
	// Reads reports whether a request only reads. The transport of plan and every
	// other question refuses a request for which it is false.
	Reads func(method, path string) bool
	// Starter is the commented configuration that rolecall init writes, by file name.
	Starter map[string]string
	// Connect signs in, reads the identity of the key, and returns an error if it belongs to
	// another tenant than that of the settings.
	Connect func(ctx context.Context, o Options) (Client, error)
}

// Check panics if the provider lacks a field that every command needs, or the tables of its
// kinds are wrong. It is called once for each product, at the start.
func (p *Provider) Check() {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Name", p.Name == ""}, {"Title", p.Title == ""}, {"Doc", p.Doc == ""}, {"KeyEnv", p.KeyEnv == ""}, {"Settings", p.Settings == nil},
		{"Kinds", len(p.Kinds) == 0}, {"Endpoint", p.Endpoint == nil}, {"Budget", p.Budget == nil}, {"Reads", p.Reads == nil},
		{"Starter", len(p.Starter) == 0}, {"Connect", p.Connect == nil},
	} {
		if field.missing {
			panic(fmt.Sprintf("product %q: %s is missing", p.Name, field.name))
		}
	}
	p.Product.Check()
}

// Options are what a connection is made with.
type Options struct {
	Tenant   string        // schema.Address.Provider of every object it yields
	Settings schema.Object // the provider block
	Key      string        // the credential; never logged
	User     string        // from Product.UserEnv; may be empty
	Password string        // from Product.PasswordEnv; never logged; may be empty
	// Secrets are those of the run. The client adds the credential and every token that
	// it gets, so that neither output nor a file shows them. Nil means a set of its own.
	Secrets   *secret.Set
	Endpoint  string // base URL without a trailing slash
	Transport http.RoundTripper
	Index     *schema.Index // filled by List, read by Apply
	UserAgent string
	Budget    int                                              // requests a minute; 0 means as many as possible (the embedded emulator)
	Requests  RequestLog                                       // of all runs on this machine; may be nil
	Timeout   time.Duration                                    // of one request with its whole answer; 0 means the client's own
	Observe   func(Traffic)                                    // called for every request sent; may be nil
	Wait      func(ctx context.Context, d time.Duration) error // nil means by the clock
	Now       func() time.Time                                 // the clock; nil means time.Now
	// LastWritten returns an object as the journal says that it was last written, for products
	// whose objects can be written but not read. If the outcome of the last write is unknown,
	// the object has no body and its OutcomeUnknown is set. It may be nil, and is not called
	// before Connect has returned.
	LastWritten func(schema.Address) (schema.Object, bool)
}

// A RequestLog knows when the other runs on this machine sent requests to the same
// tenant, so that several runs keep to one budget together.
type RequestLog interface {
	// Reserve calls next with the times of requests of other runs that it has not returned
	// before, in any order, and records the time that next returns. No other run can reserve
	// meanwhile. If the log cannot be stored, next gets no times, and only this run knows the
	// result.
	Reserve(class string, next func(others []time.Time) time.Time) time.Time
	// Known reports whether an earlier run left a log. Where none did, it is not known
	// what was sent in the last minute.
	Known() bool
}

// Traffic describes one request, for progress and for the number of requests in the plan.
type Traffic struct {
	Method, Path string
	Status       int           // 0 if there was no answer
	Waited       time.Duration // for the budget or a Retry-After
	// Warnings are what the product remarks beside a success, for people to see.
	Warnings []string
}

// An Identity says which tenant a client is connected to, and as whom.
type Identity struct {
	Tenant string         // the product's id of the tenant: "42"
	Self   schema.Address // the key's own user; Key is empty if there is none
	// Notes are what a person should know before reading a plan. A note whose Addr names a kind says
	// that not all of its objects were listed, although a plan can do without them.
	Notes []schema.Finding
}

// A Client is a connection to one tenant of one product.
type Client interface {
	Identity() Identity
	// List yields every object of the kind, in any order. It must end with an error
	// if it cannot be sure to have seen all of them. Objects may be Incomplete: Read
	// completes them. It is not called for kinds with NoList.
	List(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error]
	// Read returns the object with the id of o, or of a kind with NoList with its key,
	// and everything that the product shows of it. ErrNotFound says that it does not
	// exist. It is called right before each write, and to complete an object.
	Read(ctx context.Context, o schema.Object) (schema.Object, error)
	// Find returns the object with the key of want, whose id is not known; it may be
	// Incomplete. ErrNotFound says that none exists. It is called before a create, and
	// after one whose answer was lost.
	Find(ctx context.Context, want schema.Object) (schema.Object, error)
	// Apply makes one change and returns the object as read back from the product, or the zero
	// Object after a removal. Errors are *Error if the product answered.
	Apply(ctx context.Context, r Request) (schema.Object, error)
}

// A Request is one change to make.
type Request struct {
	Action  schema.Action
	Addr    schema.Address
	Have    *schema.Object // as planned from; nil for Create
	Want    *schema.Object // as it shall be; nil for Delete and Deactivate
	Changed schema.Mask    // attributes in which they differ
	// Unread says of a Create that the caller reads the object back together with others,
	// by PageReader.ReadMany. The client then returns the id alone, with ErrUnread, once the
	// product has accepted the object. It may read back all the same.
	Unread bool
	// OnAccepted, if not nil, is called by Apply when the product has accepted the whole change
	// and only reading back is left, so that the next change can be written. A client may omit
	// the call; it must not call it twice, nor after Apply has returned.
	OnAccepted func()
}

// Accepted calls OnAccepted if it is not nil.
func (r Request) Accepted() {
	if r.OnAccepted != nil {
		r.OnAccepted()
	}
}

// A PageReader is a client that reads many objects of one kind with few requests, because
// its lists show all that reading one object shows.
type PageReader interface {
	// Pages returns how many requests ReadMany takes at most; listed is how many objects of
	// the kind the tenant has. 0 says that each object has to be read alone.
	Pages(wants []*schema.Object, listed int) int
	// ReadMany yields those of the wanted objects that exist, and perhaps others of their
	// kind, as the product shows them now. Wanted objects need no id. It must end with an
	// error if it cannot be sure to have seen all of them.
	ReadMany(ctx context.Context, wants []*schema.Object) iter.Seq2[schema.Object, error]
	// Settle returns got, an object from a list, with the values of want where both mean the
	// same, as reading it back after a write does.
	Settle(ctx context.Context, got, want schema.Object) (schema.Object, error)
}

// A Forgetter keeps answers of the product, because several kinds need them while
// planning. After Forget, the next List of each kind asks the product again.
type Forgetter interface{ Forget() }

// A Preparer is told what the files declare before anything is listed or resolved.
type Preparer interface{ Prepare(desired []schema.Object) }

// A Resolver replaces the values of ConfigOnly attributes of desired objects by those of the
// product (store codes by business ids), in place, before comparing. Labels are readable names
// of opaque values (business id -> store code).
type Resolver interface {
	Resolve(ctx context.Context, desired []schema.Object) (Resolved, error)
}

// Resolved is what a Resolver found out.
type Resolved struct {
	Findings []schema.Finding
	Labels   map[string]string
}

// A Labeler knows readable names of all places of the tenant, such as stores, by the ids that objects
// have for them. It is for questions about places, and only reads.
type Labeler interface {
	// Labels returns an error if it cannot be sure to know all places.
	Labels(ctx context.Context) (map[string]string, error)
}

// A Declarer is the inverse of a Resolver, for rolecall import: it returns live objects as files
// declare them, with ConfigOnly attributes set in place of what they stand for (store codes in
// place of business ids). It leaves an object as it is if that is not certain, and leaves out what
// the product shows although it does not exist.
type Declarer interface {
	Declare(ctx context.Context, live []schema.Object) ([]schema.Object, error)
}

// A Checker holds the desired objects against what only the live tenant knows.
type Checker interface {
	Check(ctx context.Context, v View) ([]schema.Finding, error)
}

// A View is what a Checker sees: a whole tenant before and after, with the
// changes between.
type View struct {
	Desired []schema.Object            // declared, resolved, defaults filled in
	Live    map[string][]schema.Object // by kind, those that were listed
	After   map[string][]schema.Object // by kind, as it would be after the plan
	Changes []Request                  // every write that is planned, in order
	All     bool                       // every kind was read, to report what the files do not say; see schema.Finding.Privileged
}

// A RequestEstimator says how many requests a change needs, the reads before and after
// included. Clients that are none are taken to need three.
type RequestEstimator interface {
	EstimateRequests(r Request) int
}

// A DurationEstimator estimates how many minutes changes take, for products with separate
// limits for some requests. If the limit of all requests takes longer, that counts.
type DurationEstimator interface {
	EstimateMinutes(changes []Request) float64
}

// Minutes is how long requests take under a budget of requests a minute, when some were
// sent just before: as many as are left leave at once, and the budget anew each minute.
// A budget of 0 lets all of them leave at once.
func Minutes(sent, requests, budget int) float64 {
	if budget <= 0 || requests <= 0 {
		return 0
	}
	return float64((sent + requests - 1) / budget)
}

// An AuditReader reads the product's log of who changed what.
type AuditReader interface {
	// History yields the events since a time, in any order. After an error, the events before it
	// are valid, but others may be missing.
	History(ctx context.Context, since time.Time) iter.Seq2[Event, error]
}

// An Event is one entry of a product's log. What it is about is a likelihood,
// because logs name things in their own way.
type Event struct {
	At    time.Time
	Who   string           // address or name of the user, as the product writes it
	What  string           // the product's name of the operation
	About []schema.Address // the objects that were recognised
	Own   bool             // it was done by rolecall
	ID    string           // the product's id of the entry
}
