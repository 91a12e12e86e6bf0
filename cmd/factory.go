package cmd

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/mattn/go-colorable"
	"golang.org/x/term"

	"github.com/rolecall-dev/rolecall/cmd/lease"
	"github.com/rolecall-dev/rolecall/config/revision"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A Factory holds everything that commands take from their environment. No command
// looks anywhere else, so a test can replace each field.
type Factory struct {
	Streams

	Environ   Environment
	Now       func() time.Time
	Transport http.RoundTripper // nil means one made for the purpose
	// Wait pauses between the attempts of a request; nil means by the clock.
	Wait func(context.Context, time.Duration) error
	Git  revision.Runner // nil means the git on PATH
	// Timeout limits a request together with its whole answer; 0 means the limit of
	// the product's client.
	Timeout time.Duration
	// Interrupts returns a context that ends at the first Ctrl-C, or when the terminal
	// is closed; the second one then ends the program. Commands that must finish what they began use it.
	Interrupts func(context.Context) (context.Context, context.CancelFunc)
	// OutliveReader turns a write to a closed pipe into an error, which otherwise ends
	// the program. Commands call it before the first write to a product. Nil does nothing.
	OutliveReader func()

	// Exit ends the program at once, while other goroutines run. If it is nil, evaluation
	// has no limits.
	Exit func(code int)
	// ServiceAccount is the directory with the token of a pod of Kubernetes; empty means where pods have it.
	ServiceAccount string

	Products Products
	Version  Version

	secrets *secret.Set   // of this run: keys and tokens, which no output and no file shows
	leases  *lease.Client // of Kubernetes, which lock tenants; nil means that files do
	tenant  *tenantRun    // of the fleet that the command runs for; nil if it runs for one configuration
}

// defaultWidth is used if the width of the terminal is unknown, so that the
// output of a pipe is the same everywhere.
const defaultWidth = 80

// System returns the factory of the real program.
func System() *Factory {
	f := &Factory{
		Streams: Streams{
			In:  os.Stdin,
			Out: colorable.NewColorable(os.Stdout), Err: colorable.NewColorable(os.Stderr),
			InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
			OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
			ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
			Width:       defaultWidth,
		},
		Environ:       os.Environ(),
		Now:           time.Now,
		Interrupts:    interrupts,
		OutliveReader: func() { signal.Ignore(syscall.SIGPIPE) },
		Exit:          os.Exit,
		Products:      products(),
		Version:       builtVersion(),
	}
	for _, s := range []*os.File{os.Stdout, os.Stderr} {
		if w, _, err := term.GetSize(int(s.Fd())); err == nil && w > 0 {
			f.Width = w
			break
		}
	}
	f.configure(f.Environ)
	return f
}

func interrupts(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	heard, ended := make(chan os.Signal, 1), make(chan struct{})
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup ignores it
		signals = append(signals, syscall.SIGHUP)
	}
	signal.Notify(heard, signals...)
	go func() {
		defer close(ended)
		select {
		case s := <-heard:
			if s == syscall.SIGHUP {
				signal.Ignore(s) // a shell that ends sends it more than once
			}
		case <-ctx.Done():
		}
		// The signal has its default effect again before the context ends.
		signal.Stop(heard)
		cancel()
	}()
	return ctx, func() { cancel(); <-ended }
}

// guarded returns a factory whose streams let no control character and no key through, whatever
// a command forgot to clean, and a function that writes what they hold back.
func (f *Factory) guarded(out io.Writer) (*Factory, func()) {
	g := *f
	o, e := text.NewWriter(out), text.NewWriter(f.Err)
	g.secrets = &secret.Set{}
	lines, commands := g.secrets.Lines(o), g.secrets.Lines(out)
	g.Out, g.Err, g.content, g.commands, g.screen = lines, g.secrets.AtOnce(e), out, commands, f.Err
	return &g, func() {
		_ = lines.Flush() // the writer at the bottom has kept the error
		_ = o.Flush()
		_ = commands.Flush()
		_ = e.Flush() // there is no other stream to report an error on
	}
}
