package cmd_test

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// crowds are what is measured. The largest are left out by -short.
func crowds(moved int) []crowd {
	all := []crowd{{users: 1_000, moved: moved}, {users: 20_000, moved: moved}, {users: 20_000, blocks: true, moved: moved}}
	if !testing.Short() {
		all = append(all, crowd{users: 100_000, moved: moved}, crowd{users: 100_000, blocks: true, moved: moved})
	}
	return all
}

// BenchmarkValidate reads and checks the files.
func BenchmarkValidate(b *testing.B) {
	for _, c := range crowds(0) {
		b.Run(c.String(), func(b *testing.B) {
			dir := b.TempDir()
			c.configuration(b, dir, "http://partoo.emulator/v2")
			repeat(b, func() {
				if code, out := program(nil, "", "validate", dir); code != 0 {
					b.Fatalf("exit code %d: %s", code, out)
				}
			})
		})
	}
}

// BenchmarkPlan plans in this process, against recorded answers: what is measured
// is rolecall alone.
func BenchmarkPlan(b *testing.B) {
	b.Run("unchanged", func(b *testing.B) { benchmarkPlan(b, 0) })
	b.Run("one-percent", func(b *testing.B) { benchmarkPlan(b, 100) })
}

func benchmarkPlan(b *testing.B, moved int) {
	for _, c := range crowds(moved) {
		b.Run(c.String(), func(b *testing.B) {
			r := record(b, c)
			r.sent.Store(0)
			repeat(b, func() { r.plan(b) })
			b.ReportMetric(float64(r.sent.Load())/float64(b.N), "requests/op")
		})
	}
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

// A recording is the configuration of a crowd, and a transport that answers reads
// as the emulator did the first time. It lets plans be measured without the
// emulator's share.
type recording struct {
	crowd
	dir, key string
	emulator http.RoundTripper
	answers  sync.Map // address -> *recorded
	sent     atomic.Int64
}

type recorded struct {
	status int
	header http.Header
	body   []byte
}

// record plans the crowd once against an emulator, which is gone afterwards.
func record(tb testing.TB, c crowd) *recording {
	tb.Helper()
	r := &recording{crowd: c, dir: tb.TempDir()}
	seed := filepath.Join(tb.TempDir(), "seed.json")
	c.seed(tb, seed)
	e, err := cmd.System().Products[0].Emulate(cmd.EmulatorOptions{Seed: seed, Rate: -1})
	if err != nil {
		tb.Fatal(err)
	}
	r.emulator, r.key = e.Transport, e.Key
	c.configuration(tb, r.dir, e.BaseURL)
	r.plan(tb)
	r.emulator = nil
	if err := e.Close(); err != nil {
		tb.Fatal(err)
	}
	return r
}

// plan runs the program. A plan of a crowd that has not moved is empty.
func (r *recording) plan(tb testing.TB) {
	code, out := program(r, r.key, "plan", "--detailed-exitcode", r.dir)
	want := 0
	if r.moved > 0 {
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
func program(t http.RoundTripper, key string, args ...string) (int, string) {
	var out strings.Builder
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &out, &out
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Colour, f.ErrColour = false, false, false, false, false
	f.Environ = []string{"PARTOO_API_KEY=" + key}
	f.Transport = t
	return cmd.Main(args, f), out.String()
}
