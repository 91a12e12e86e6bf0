package cmd_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/cmd"
)

var (
	chaosRuns = flag.Int("chaos.runs", 30, "number of tenants that TestChaos disturbs")
	chaosSeed = flag.Uint64("chaos.seed", 20261128, "seed of TestChaos")
	chaosOnly = flag.Int("chaos.only", -1, "the only run of TestChaos to repeat; all below 0")
)

// TestChaos draws tenants of every product and the files that they shall follow, and
// disturbs the program while it applies them: random failures of the network and the
// product, writes that take effect late, kills, and a second apply at the same time.
// After every single write it computes anew, from the emulator's state alone, what
// each person can do. It demands that
//
//   - nobody can at any moment do what they could do neither before nor after (0 widened),
//     unless the plan warned of it;
//   - undisturbed applies then lead to exactly the tenant that an undisturbed apply of
//     the same files leads to (0 lost, 0 duplicated), and the last plan is empty.
//
// The seed decides everything but the order in which the system runs goroutines and
// processes. A failure names the run; -chaos.only=N repeats it.
func TestChaos(t *testing.T) {
	var total tally
	products := chaosProducts()
	for n := range *chaosRuns {
		if *chaosOnly >= 0 && n != *chaosOnly {
			continue
		}
		p := products[n%len(products)]
		t.Run(fmt.Sprintf("%d-%s", n, p.name), func(t *testing.T) {
			r := rand.New(rand.NewPCG(*chaosSeed, uint64(n)))
			total.add(disturbed(t, p, r))
		})
	}
	t.Logf("%s", total)
	if *chaosOnly < 0 && total.applies*2 < *chaosRuns {
		t.Errorf("only %d of %d runs applied anything", total.applies, *chaosRuns)
	}
}

// A tally counts what the runs did.
type tally struct {
	runs, refused, announced, applies, faults, late, kills, pairs, writes int
}

func (a *tally) add(b tally) {
	a.runs++
	a.refused += b.refused
	a.announced += b.announced
	a.applies += b.applies
	a.faults += b.faults
	a.late += b.late
	a.kills += b.kills
	a.pairs += b.pairs
	a.writes += b.writes
}

func (a tally) String() string {
	return fmt.Sprintf("%d runs (%d plans refused, %d warned of passing rights), %d disturbed applies, %d faults, %d late writes, %d kills, %d pairs of applies, %d writes observed",
		a.runs, a.refused, a.announced, a.applies, a.faults, a.late, a.kills, a.pairs, a.writes)
}

// disturbed is one run: a tenant, its files, and what gets in the way.
func disturbed(t *testing.T, p chaosProduct, r *rand.Rand) (count tally) {
	from, to := p.draw(r), p.draw(r)
	want, requests, ok := undisturbed(t, p, from, to)
	if !ok {
		return tally{refused: 1}
	}
	c := newChaos(t, p, from, to)
	c.total = requests
	before := c.now()
	for attempt := 0; attempt < 5; attempt++ {
		count.applies++
		done := c.disturb(r, &count)
		c.settle()
		if done {
			break
		}
	}
	for range 4 { // what is in doubt is looked at again in each run
		if code, _ := c.run(c.dir, c.home, "apply", "--auto-approve"); code == 0 {
			break
		}
	}
	if code, out := c.run(c.dir, c.home, "plan", "--detailed-exitcode"); code != 0 {
		t.Errorf("the last plan ends with %d:\n%s", code, out)
	}
	if diff := cmp.Diff(want, c.now()); diff != "" {
		t.Errorf("lost or duplicated (-undisturbed +disturbed):\n%s", diff)
	}
	count.writes += len(c.seen)
	if wider := c.widened(before, want); len(wider) > 0 && !c.announced {
		t.Errorf("widened: %s", strings.Join(wider, "; "))
	} else if c.announced {
		count.announced++
	}
	if t.Failed() {
		t.Logf("disturbances:\n%s\nfrom:\n%s\nto:\n%s\nlast output:\n%s", strings.Join(c.story, "\n"), from, to, c.last)
	}
	return count
}

// undisturbed applies the files with nothing in the way, and counts the requests; ok is
// false where the plan is rightly refused.
func undisturbed(t *testing.T, p chaosProduct, from, to string) (end tenantState, requests int, ok bool) {
	c := newChaos(t, p, from, to)
	if code, _ := c.run(c.dir, c.home, "plan"); code != 0 {
		return tenantState{}, 0, false
	}
	c.n = 0
	if code, out := c.run(c.dir, c.home, "apply", "--auto-approve"); code != 0 {
		t.Fatalf("undisturbed apply ends with %d:\n%s\nfrom:\n%s\nto:\n%s", code, out, from, to)
	}
	return c.now(), c.n, true
}

// A tenantState is what there is in a tenant, without ids: what people can do, and how
// many objects of each sort there are.
type tenantState struct {
	people  map[string][]string
	objects map[string]int
}

// Equal lets cmp compare the unexported fields.
func (s tenantState) Equal(o tenantState) bool {
	return maps.EqualFunc(s.people, o.people, slices.Equal[[]string]) && maps.Equal(s.objects, o.objects)
}

func (s tenantState) String() string { return fmt.Sprintf("%v\n%v", s.people, s.objects) }

// A chaos is an emulated tenant behind a server that gets in the way.
type chaos struct {
	t         testing.TB
	product   chaosProduct
	tenant    *emulated
	dir, home string
	files     string // what the directory holds
	server    *httptest.Server
	active    sync.WaitGroup
	announced bool     // a plan warned of rights that people hold for a while
	total     int      // requests of an undisturbed apply
	story     []string // disturbances, for the message of a failure
	last      string   // output of the last run

	mu      sync.Mutex
	seen    []map[string][]string // what people could do after each write
	meddle  func(n int, w http.ResponseWriter, r *http.Request, body []byte) bool
	n       int
	pending []func() // writes that take effect later
}

func newChaos(t testing.TB, p chaosProduct, from, to string) *chaos {
	t.Helper()
	c := &chaos{t: t, product: p, dir: t.TempDir(), home: t.TempDir()}
	c.tenant = p.start(t, func(people map[string][]string) { c.seen = append(c.seen, people) })
	c.server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(func() {
		c.settle()
		c.server.Close()
	})
	c.write(c.dir, from)
	if code, out := c.run(c.dir, c.home, "apply", "--auto-approve"); code != 0 {
		t.Fatalf("the first state cannot be applied: %d:\n%s\n%s", code, out, from)
	}
	c.seen, c.announced = nil, false
	c.write(c.dir, to)
	return c
}

// write puts files into a directory that has none.
func (c *chaos) write(dir, blocks string) {
	c.files = c.product.head(c.server.URL) + blocks
	put(c.t, filepath.Join(dir, "main.hcl"), c.files)
}

// widened lists what people could do for a while, and neither before nor after.
func (c *chaos) widened(before, after tenantState) []string {
	var wider []string
	for _, moment := range c.seen {
		for who, words := range moment {
			for _, w := range words {
				if !slices.Contains(before.people[who], w) && !slices.Contains(after.people[who], w) {
					wider = append(wider, who+" can "+w)
				}
			}
		}
	}
	return slices.Compact(sorted(wider))
}

// now is the tenant's state, computed by the emulator.
func (c *chaos) now() tenantState {
	c.t.Helper()
	people, objects := c.tenant.look(c.t)
	for who, words := range people {
		if len(words) == 0 {
			delete(people, who) // a disabled person and one who was never there can do the same
			continue
		}
		people[who] = sorted(words)
	}
	return tenantState{people, objects}
}

func (c *chaos) serve(w http.ResponseWriter, r *http.Request) {
	c.active.Add(1)
	defer c.active.Done()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	c.mu.Lock()
	defer c.mu.Unlock() // one request at a time, so that each write is looked at by itself
	c.n++
	if c.meddle != nil && c.meddle(c.n, w, r, body) {
		return
	}
	c.pass(w, r, body)
}

// pass lets the product answer.
func (c *chaos) pass(w http.ResponseWriter, r *http.Request, body []byte) {
	again := r.Clone(context.WithoutCancel(r.Context()))
	again.Body = io.NopCloser(bytes.NewReader(body))
	c.tenant.ServeHTTP(w, again)
}

// settle ends the connections of processes that are dead, and lets late writes take
// effect.
func (c *chaos) settle() {
	c.server.CloseClientConnections()
	c.active.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.pending {
		f()
	}
	c.pending, c.meddle, c.n = nil, nil, 0
}

// run runs a command on a directory in this process.
func (c *chaos) run(dir, home string, args ...string) (code int, output string) {
	return c.as(dir, home, strings.NewReader(""), args...)
}

func (c *chaos) as(dir, home string, in io.Reader, args ...string) (code int, output string) {
	var out bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.ErrTerminal = in, &out, &out, false
	_, nobody := in.(*strings.Reader)
	f.InTerminal = !nobody
	f.Color, f.ErrColor, f.Width = false, false, 100
	f.Environ = append(c.environ(home), "NO_PROXY=*")
	f.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	code = cmd.Main(append(args, dir), f)
	return code, c.read(out.String())
}

// read notes whether a plan warns of rights that people hold for a while: an object
// that several people share cannot always be changed for all of them at once.
func (c *chaos) read(output string) string {
	if strings.Contains(output, "[plan/transient-rights]") {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.announced = true
	}
	return output
}

func (c *chaos) environ(home string) []string {
	return []string{c.product.keyEnv + "=" + chaosKey, "HOME=" + home}
}

// process starts a command on the directory in a process of its own.
func (c *chaos) process(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	p := exec.Command(self)
	p.Args = append(append([]string{"rolecall"}, args...), c.dir)
	p.Env = append(c.environ(c.home), "NO_PROXY=*")
	return p
}
