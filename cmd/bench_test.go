package cmd_test

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// partooTenants returns the tenants to measure; -short omits the largest.
func partooTenants(moved int) []partooTenant {
	all := []partooTenant{{users: 1_000, moved: moved}, {users: 20_000, moved: moved}, {users: 20_000, blocks: true, moved: moved}}
	if !testing.Short() {
		all = append(all, partooTenant{users: 100_000, moved: moved}, partooTenant{users: 100_000, blocks: true, moved: moved})
	}
	return all
}

// BenchmarkValidate reads and checks the files.
func BenchmarkValidate(b *testing.B) {
	for _, c := range partooTenants(0) {
		b.Run(c.String(), func(b *testing.B) {
			dir := b.TempDir()
			c.configuration(b, dir, "http://127.0.0.1/v2")
			repeat(b, func() {
				if code, out := program(nil, "", "validate", dir); code != 0 {
					b.Fatalf("exit code %d: %s", code, out)
				}
			})
		})
	}
}

// BenchmarkPlan plans in this process, against recorded answers, to measure rolecall alone.
func BenchmarkPlan(b *testing.B) {
	b.Run("unchanged", func(b *testing.B) { benchmarkPlan(b, partooTenants(0)) })
	b.Run("one-percent", func(b *testing.B) { benchmarkPlan(b, partooTenants(100)) })
}

func benchmarkPlan[S fixture](b *testing.B, fixtures []S) {
	for _, s := range fixtures {
		b.Run(s.String(), func(b *testing.B) {
			r := record(b, s)
			r.sent.Store(0)
			repeat(b, func() { r.plan(b) })
			b.ReportMetric(float64(r.sent.Load())/float64(b.N), "requests/op")
		})
	}
}

// BenchmarkTines plans 60,000 memberships without changes.
func BenchmarkTines(b *testing.B) {
	tenants := []tinesTenant{{20_000, 200, inYAML}, {20_000, 200, inCSV}, {20_000, 200, inBlocks}}
	b.Run("plan", func(b *testing.B) { benchmarkPlan(b, tenants) })
	b.Run("process", func(b *testing.B) { benchmarkEmptyProcess(b, tenants) })
}

// BenchmarkRoseRocket plans 660 permissions with 60 fields each without changes.
func BenchmarkRoseRocket(b *testing.B) {
	tenants := []roserocketTenant{{60, 60}}
	b.Run("plan", func(b *testing.B) { benchmarkPlan(b, tenants) })
	b.Run("process", func(b *testing.B) { benchmarkEmptyProcess(b, tenants) })
}

// BenchmarkUberall plans 20,000 users of uberall without changes.
func BenchmarkUberall(b *testing.B) {
	tenants := []uberallTenant{{20_000, 50}}
	b.Run("plan", func(b *testing.B) { benchmarkPlan(b, tenants) })
	b.Run("process", func(b *testing.B) { benchmarkEmptyProcess(b, tenants) })
}

// benchmarkEmptyProcess plans with the real program, against an emulator in another process.
func benchmarkEmptyProcess[S fixture](b *testing.B, fixtures []S) {
	bin := built(b)
	for _, s := range fixtures {
		b.Run(s.String(), func(b *testing.B) {
			seed, dir := filepath.Join(b.TempDir(), "seed.json"), b.TempDir()
			s.seed(b, seed)
			endpoint, env := listen(b, bin, s, seed, 0)
			s.configuration(b, dir, endpoint)
			var total run
			for b.Loop() {
				total.add(measure(b, env, bin, "plan", "--detailed-exitcode", dir))
			}
			total.report(b)
		})
	}
}

// A fixture is a tenant of a product, as files and as the seed of an emulator.
type fixture interface {
	String() string
	product() *cmd.Product
	seed(tb testing.TB, path string)
	configuration(tb testing.TB, dir, endpoint string)
	differs() bool // the files from the seed
	requests() int // that an empty plan sends; docs/performance.md explains each
}

func productNamed(name string) *cmd.Product {
	all := cmd.System().Products
	return &all[slices.IndexFunc(all, func(p cmd.Product) bool { return p.Provider.Name == name })]
}

// repeat runs f as often as the benchmark wants. On a machine that is shared,
// the processor time says more than the time that passes.
func repeat(b *testing.B, f func()) {
	b.ReportAllocs()
	before, known := spent()
	for b.Loop() {
		f()
	}
	if after, _ := spent(); known {
		b.ReportMetric(float64((after-before).Milliseconds())/float64(b.N), "cpu-ms/op")
	}
}

// A recording is the configuration of a fixture, and a transport that answers reads
// as the emulator did the first time. It lets plans be measured without the
// emulator's share.
type recording struct {
	fixture
	dir, env string
	emulator http.RoundTripper
	answers  sync.Map // address -> *recorded
	sent     atomic.Int64
}

type recorded struct {
	status int
	header http.Header
	body   []byte
}

// record plans the fixture once against an emulator, which is gone afterwards.
func record(tb testing.TB, s fixture) *recording {
	tb.Helper()
	r := &recording{fixture: s, dir: tb.TempDir()}
	seed, p := filepath.Join(tb.TempDir(), "seed.json"), s.product()
	s.seed(tb, seed)
	e, err := p.Emulate(cmd.EmulatorOptions{Seed: seed, Rate: -1})
	if err != nil {
		tb.Fatal(err)
	}
	r.emulator, r.env = e.Transport, p.Provider.KeyEnv+"="+e.Key
	s.configuration(tb, r.dir, "http://127.0.0.1"+e.Path)
	r.plan(tb)
	r.emulator = nil
	if err := e.Close(); err != nil {
		tb.Fatal(err)
	}
	return r
}

// plan runs the program. A plan of a fixture that does not differ is empty.
func (r *recording) plan(tb testing.TB) {
	code, out := program(r, r.env, "plan", "--detailed-exitcode", r.dir)
	want := 0
	if r.differs() {
		want = 2
	}
	if code != want {
		tb.Fatalf("exit code %d, want %d: %.2000s", code, want, out)
	}
}

func (r *recording) RoundTrip(q *http.Request) (*http.Response, error) {
	r.sent.Add(1)
	at := q.Method + " " + q.URL.String()
	a, known := r.answers.Load(at)
	if !known {
		res, err := r.emulator.RoundTrip(q)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return nil, err
		}
		a = &recorded{res.StatusCode, res.Header, body}
		r.answers.Store(at, a)
	}
	rec := a.(*recorded)
	return &http.Response{
		StatusCode: rec.status, Header: rec.header, ContentLength: int64(len(rec.body)),
		Body: io.NopCloser(bytes.NewReader(rec.body)), Request: q,
	}, nil
}

// program runs rolecall in this process and returns the exit code and all that it
// printed.
func program(t http.RoundTripper, env string, args ...string) (int, string) {
	var out strings.Builder
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &out, &out
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Environ = []string{env, "XDG_STATE_HOME=" + args[len(args)-1]}
	f.Transport = t
	return cmd.Main(args, f), out.String()
}
