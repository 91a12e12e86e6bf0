package cmd_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/cmd/lease"
	"github.com/rolecall-dev/rolecall/cmd/lease/leasetest"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// A podRun is a configuration of three roles in a pod, with an emulated Partoo and an API server of Kubernetes.
type podRun struct {
	cluster *leasetest.Server
	web     *httptest.Server
	product http.RoundTripper
	account string // directory of the service account
	dir     string
	writes  atomic.Int64
	onWrite func(n int64) // called before a write is answered
	later   atomic.Int64  // seconds by which the clock is ahead
	waited  func()
}

func newPodRun(t *testing.T) *podRun {
	t.Helper()
	r := &podRun{cluster: leasetest.New("access", "pod-token"), account: t.TempDir(), dir: t.TempDir()}
	r.web = httptest.NewUnstartedServer(r.cluster)
	r.web.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.web.StartTLS()
	t.Cleanup(r.web.Close)
	p, err := partooemulator.New(partooemulator.Options{Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	r.product = p.Transport()
	for path, content := range map[string]string{
		filepath.Join(r.account, "token"):     "pod-token\n",
		filepath.Join(r.account, "namespace"): "access",
		filepath.Join(r.account, "ca.crt"):    string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.web.Certificate().Raw})),
		filepath.Join(r.dir, "main.hcl"): `provider "partoo" { org_id = 42 }
		role "keeper" {
			for_each = toset(["a", "b", "c"])
			name = each.key
			api_id = each.key
			permissions = ["review_management"]
		}`,
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *podRun) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Method != http.MethodGet {
		if n := r.writes.Add(1); r.onWrite != nil {
			r.onWrite(n)
		}
	}
	return r.product.RoundTrip(q)
}

// apply applies with leases. A renewal is not waited for, but others are.
func (r *podRun) apply(t *testing.T) (int, string) {
	t.Helper()
	address, err := url.Parse(r.web.URL)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.Transport, f.ServiceAccount = strings.NewReader(""), &out, &out, r, r.account
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor, f.Width = false, false, false, false, false, 200
	f.Environ = []string{"PARTOO_API_KEY=" + partooemulator.DefaultKey, "KUBERNETES_SERVICE_HOST=" + address.Hostname(), "KUBERNETES_SERVICE_PORT=" + address.Port(), "XDG_STATE_HOME=" + t.TempDir()}
	f.Now = func() time.Time { return time.Now().Add(time.Duration(r.later.Load()) * time.Second) }
	f.Wait = func(ctx context.Context, d time.Duration) error {
		if d == lease.RenewAfter {
			<-ctx.Done()
			return ctx.Err()
		}
		r.later.Add(int64(d / time.Second))
		if r.waited != nil {
			r.waited()
		}
		return ctx.Err()
	}
	return cmd.Main([]string{"apply", "--auto-approve", "--parallelism", "1", "--lock", "k8s-lease://", r.dir}, f), out.String()
}

func (r *podRun) lease(t *testing.T) string {
	t.Helper()
	names := r.cluster.Names()
	if len(names) != 1 || !strings.HasPrefix(names[0], "rolecall-partoo-") {
		t.Fatalf("leases: %q", names)
	}
	return names[0]
}

// apply takes the lease of the tenant and gives it back; while another pod holds it, apply changes nothing.
func TestApplyWithLease(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	r := newPodRun(t)
	defer r.web.Close()
	r.onWrite = func(int64) {
		if r.cluster.Holder(r.lease(t)) == "" {
			t.Error("a write without the lease")
		}
	}
	code, out := r.apply(t)
	name := r.lease(t)
	if code != 0 || r.writes.Load() != 3 || r.cluster.Holder(name) != "" {
		t.Errorf("exit code %d, %d writes, lease of %q: %s", code, r.writes.Load(), r.cluster.Holder(name), out)
	}
	if strings.Contains(out, "pod-token") {
		t.Error("the token is shown")
	}
	r.cluster.Steal(name, "pod-b")
	r.waited = func() { r.cluster.Steal(name, "pod-b") } // it renews
	code, out = r.apply(t)
	if code != 1 || r.writes.Load() != 3 || !strings.Contains(out, "another apply is running for Partoo 42 and holds the lease "+name+": pod-b") {
		t.Errorf("exit code %d, %d writes: %s", code, r.writes.Load(), out)
	}
	r.waited = nil // it ended
	if code, out = r.apply(t); code != 0 || r.cluster.Holder(name) != "" || !strings.Contains(out, "Waiting up to 60 seconds") {
		t.Errorf("exit code %d, lease of %q: %s", code, r.cluster.Holder(name), out)
	}
}

// After the lease is lost, nothing is written.
func TestApplyStopsWithoutLease(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	r := newPodRun(t)
	defer r.web.Close()
	r.onWrite = func(n int64) {
		if n == 1 {
			r.cluster.Refuse(func(*http.Request) int { return 503 })
			r.later.Add(int64(lease.HeldFor / time.Second))
		}
	}
	code, out := r.apply(t)
	if code != 3 || r.writes.Load() != 1 {
		t.Errorf("exit code %d, %d writes: %s", code, r.writes.Load(), out)
	}
	for _, want := range []string{"the lease was lost on Partoo 42: it could not be renewed for 40s", "Nothing more was written", "Applied 1 of 3 changes"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	// The next run takes the lease when it has ended, and goes on.
	r.cluster.Refuse(nil)
	r.onWrite = nil
	if code, out = r.apply(t); code != 0 || r.writes.Load() != 3 {
		t.Errorf("exit code %d, %d writes: %s", code, r.writes.Load(), out)
	}
}

// Without the right to use leases, or without a server, nothing is changed.
func TestApplyWithoutAPIServer(t *testing.T) {
	for status, want := range map[int]string{
		403: "needs the verbs get, create and update on leases",
		503: "cannot lock Partoo 42: the API server of Kubernetes does not answer: it answers with status 503",
	} {
		r := newPodRun(t)
		r.cluster.Refuse(func(*http.Request) int { return status })
		if code, out := r.apply(t); code != 1 || r.writes.Load() != 0 || !strings.Contains(out, want) {
			t.Errorf("exit code %d, %d writes: %s", code, r.writes.Load(), out)
		}
	}
}
