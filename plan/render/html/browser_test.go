package html

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/rolecall-dev/rolecall/plan"
)

// A browser is a headless Chromium. Its tests run if the environment variable CHROMIUM is the path of
// the program, as bash .ci/run browser sets it.
type browser struct{ ctx context.Context }

func newBrowser(t *testing.T) *browser {
	t.Helper()
	program := os.Getenv("CHROMIUM")
	if program == "" {
		t.Skip("CHROMIUM is not the path of a browser; see the step browser of .ci/run")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1400, 900), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return &browser{ctx}
}

// A tab shows one page. It records what the page asks for and complains about.
type tab struct {
	*testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	requests []string
	messages []string // of the console, and exceptions
}

// open shows a page from a loopback server in a tab of its own.
func (b *browser) open(t *testing.T, d *plan.Document, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	return b.openAt(t, d, "", before...)
}

// openAt is open with a fragment of the URL.
func (b *browser) openAt(t *testing.T, d *plan.Document, fragment string, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	return b.openPage(t, write(t, d), fragment, before...)
}

// openPage is openAt with what is on the page.
func (b *browser) openPage(t *testing.T, content, fragment string, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("the page asks for %s", r.URL)
		}
		w.Header().Set("Content-Type", "text/html")
		if _, err := w.Write([]byte(content)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	tab := &tab{T: t, ctx: ctx, url: server.URL + "/"}
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatal(err)
	}
	tab.run(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}))
	tab.run(append(before, chromedp.Navigate(tab.url+fragment))...)
	return tab
}

func (t *tab) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		t.requests = append(t.requests, e.Request.URL)
	case *log.EventEntryAdded:
		t.messages = append(t.messages, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		t.messages = append(t.messages, fmt.Sprint(e.Type))
	case *runtime.EventExceptionThrown:
		t.messages = append(t.messages, e.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		t.messages = append(t.messages, "dialog: "+e.Message)
	}
}

func (t *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(t.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// command is an action that sends a command without a result.
func command[P any](c cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

// quiet fails if the page asked for anything else than itself, or complained.
func (t *tab) quiet() {
	t.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, url := range t.requests {
		if url, _, _ = strings.Cut(url, "#"); url != t.url && url != "data:," {
			t.Errorf("the page asks for %s", url)
		}
	}
	if len(t.messages) > 0 {
		t.Errorf("the page complains: %q", t.messages)
	}
}

// eval returns the value of a JavaScript expression.
func eval[V any](t *tab, expression string) V {
	t.Helper()
	v, err := chromedp.Run(t.ctx, chromedp.Evaluate[V](expression))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wait fails if a JavaScript expression does not become true.
func (t *tab) wait(what, expression string) {
	t.Helper()
	if _, err := chromedp.Run(t.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(30*time.Second))); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// shown lists the ids of the changes that are shown.
const shown = `[...document.querySelectorAll('.change')].filter((e) => !e.closest('.off')).map((e) => e.id)`

// wantShown fails if other changes are shown, or if the text that counts them says something else.
func (t *tab) wantShown(what, status string, ids ...string) {
	t.Helper()
	if got := eval[[]string](t, shown); len(ids) > 0 && !slices.Equal(got, ids) {
		t.Errorf("%s: shown are %q, want %q", what, got, ids)
	}
	if got := eval[string](t, `document.getElementById('shown').textContent`); got != status {
		t.Errorf("%s: the page says %q, want %q", what, got, status)
	}
}

// set fills in controls by their names, as a person does.
func (t *tab) set(name, value string) {
	t.Helper()
	control := chromedp.CSS(`form [name="` + name + `"]`)
	switch eval[string](t, `document.querySelector('`+string(control)+`').type`) {
	case "checkbox", "button":
		t.run(chromedp.Click(control))
	case "select-one":
		t.run(chromedp.Focus(control), chromedp.KeyEvent(value))
	default:
		t.run(chromedp.Evaluate[chromedp.Void](`document.querySelector('`+string(control)+`').value = ''`), chromedp.SendKeys(control, value))
	}
}

func (t *tab) reset() {
	t.Helper()
	t.run(chromedp.Click(chromedp.CSS(`form [name="clear"]`)))
	t.wantShown("after Clear filters", "9 changed objects")
}
