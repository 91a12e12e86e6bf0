package cmd_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider"
)

// A warned transport reports a warning of the product beside each answer.
type warned struct {
	next    http.RoundTripper
	observe func(provider.Traffic)
}

func (w warned) RoundTrip(r *http.Request) (*http.Response, error) {
	text := "3 seats are left \x1b[2J"
	if r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "search") {
		text = "the quota is almost used"
	}
	answer, err := w.next.RoundTrip(r)
	w.observe(provider.Traffic{Warnings: []string{text}})
	return answer, err
}

// Warnings of a product are printed once each: those of reading with the plan, those of
// writing after the report.
func TestProductWarnings(t *testing.T) {
	dir, f := desk(t)
	i := slices.IndexFunc(f.Products, func(p cmd.Product) bool { return p.Provider.Name == "partoo" })
	p := *f.Products[i].Provider
	connect := p.Connect
	p.Connect = func(ctx context.Context, o provider.Options) (provider.Client, error) {
		o.Transport = warned{o.Transport, o.Observe}
		return connect(ctx, o)
	}
	f.Products[i].Provider = &p
	for _, test := range []struct {
		args  []string
		wrote int // warnings of writes
	}{
		{[]string{"plan"}, 0},
		{[]string{"plan", "--json"}, 0},
		{[]string{"apply", "--auto-approve"}, 1},
	} {
		var errs strings.Builder
		f.Err, f.ErrTerminal = &errs, false
		if code := cmd.Main(append(test.args, dir), f); code != 0 {
			t.Fatalf("%v: exit code %d:\n%s", test.args, code, errs.String())
		}
		got := errs.String()
		if strings.Count(got, "Warning: Partoo answered with a warning") != 1+test.wrote || strings.Count(got, "the quota is almost used") != test.wrote ||
			strings.Count(got, `3 seats are left \x1b[2J`) != 1 || strings.Contains(got, "\x1b") {
			t.Errorf("%v printed:\n%s", test.args, got)
		}
	}
}
