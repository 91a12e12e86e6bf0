package cmd_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A forwarder sends the requests for all hosts to one server.
type forwarder struct {
	to   *url.URL
	next http.RoundTripper
}

func (f forwarder) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = f.to.Scheme, f.to.Host, f.to.Host
	return f.next.RoundTrip(r)
}

// beginner is a person at a terminal in an empty directory, with the key of an emulated product.
func beginner(t *testing.T, product, answers string) (s serving, out *screen, f *cmd.Factory) {
	t.Helper()
	t.Chdir(t.TempDir())
	s = serveProduct(t, product)
	t.Cleanup(func() { s.stop() })
	to, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	transport := rest.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	out, f = &screen{}, cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(answers), out, out
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor, f.Width = true, false, false, false, false, 100
	f.Environ = []string{providerOf(t, product).KeyEnv + "=" + s.Key}
	f.Transport = forwarder{to, transport}
	return s, out, f
}

// import asks for what the provider block needs, and asks again after an answer that cannot be.
func TestImportAsks(t *testing.T) {
	for _, test := range []struct{ product, answers, asks, again, next, block string }{
		{"partoo", "x\n\n 42 \n", "org_id, such as 42: ", `org_id must be a number; this is "x".`, "rolecall plan mine ", "  org_id = 42\n"},
		{"uberall", "4.2\n42\n", "sales_partner_id, such as 42: ", `this is "4.2".`, "rolecall plan mine ", "  sales_partner_id = 42\n"},
		{"tines", "zoo\n\"https://zoo.tines.com\"\n", "tenant, such as https://adjective-noun-1234.tines.com: ", "tenant must be the whole address",
			"export TINES_HOST=zoo.tines.com ", `  tenant = "https://zoo.tines.com"` + "\n"},
		{"roserocket", "https://zoo.roserocket.com\n00000000-0000-4000-8000-000000000042\na b\nemulator\n00000000-0000-4000-8000-000000000001\n",
			"endpoint, such as https://example.roserocket.com: ", "client_id ", "export ROSEROCKET_HOST=zoo.roserocket.com ", `  endpoint  = "https://zoo.roserocket.com"` + "\n"},
	} {
		t.Run(test.product, func(t *testing.T) {
			_, out, f := beginner(t, test.product, test.answers)
			code := cmd.Main([]string{"import", test.product, "mine"}, f)
			for _, words := range []string{test.asks, test.again, "Checked: a plan of the files changes nothing.", test.next} {
				if !strings.Contains(out.String(), words) {
					t.Errorf("%q is not shown", words)
				}
			}
			block, err := os.ReadFile(filepath.Join("mine", "provider.hcl"))
			if err != nil || !strings.Contains(string(block), test.block) {
				t.Errorf("the provider block lacks %q (%v):\n%s", test.block, err, block)
			}
			if code != 0 || strings.Contains(out.String(), "files send the key") {
				t.Errorf("exit code %d:\n%s", code, out.String())
			}
		})
	}
}

// Without a key nothing is asked. The end of the input and Ctrl-C end import without a file.
func TestImportIsNotAnswered(t *testing.T) {
	_, out, f := beginner(t, "partoo", "42\n")
	f.Environ = nil
	if code := cmd.Main([]string{"import", "partoo", "mine"}, f); code != 4 || strings.Contains(out.String(), "such as") {
		t.Errorf("exit code %d:\n%s", code, out.String())
	}
	for name, input := range map[string]io.Reader{"end": strings.NewReader("x\n"), "Ctrl-C": silent(t)} {
		_, out, f := beginner(t, "partoo", "")
		ctx, interrupt := context.WithCancel(t.Context())
		f.In, f.Interrupts = input, func(context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} }
		if name == "Ctrl-C" {
			out.until, out.seen = "such as 42: ", interrupt
		}
		if code := cmd.Main([]string{"import", "partoo", "mine"}, f); code != 1 {
			t.Errorf("%s: exit code %d", name, code)
		}
		if !strings.Contains(out.String(), "No file was written.") {
			t.Errorf("%s:\n%s", name, out.String())
		}
		if _, err := os.Stat("mine"); !os.IsNotExist(err) {
			t.Errorf("%s: a directory was created: %v", name, err)
		}
		interrupt()
	}
}

// silent is the input of a person who does not type anything.
func silent(t *testing.T) io.Reader {
	t.Helper()
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	return r
}
