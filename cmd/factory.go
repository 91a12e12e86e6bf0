package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-colorable"
	"golang.org/x/term"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A Factory is everything that the commands take from the world around them. No
// command looks anywhere else, so a test can replace each of these.
type Factory struct {
	In       io.Reader
	Out, Err io.Writer

	InTerminal  bool // a person can answer
	OutTerminal bool
	ErrTerminal bool // a person watches, so progress is shown
	Width       int  // columns for wrapped text
	Colour      bool // Out may be coloured
	ErrColour   bool // Err may be coloured

	Environ   []string // as os.Environ
	Now       func() time.Time
	Transport http.RoundTripper // nil means one made for the purpose
	// Wait pauses between the tries of a request; nil means by the clock.
	Wait func(context.Context, time.Duration) error
	// Timeout is how long a request with its whole answer may take; 0 means as
	// long as the product's client allows.
	Timeout time.Duration
	// Interrupts returns a context that ends at the first Ctrl-C, or when the terminal
	// is closed; the second one then ends the program. Commands that must finish what they began use it.
	Interrupts func(context.Context) (context.Context, context.CancelFunc)
	// OutliveReader makes a write to a pipe that nobody reads any more an error, which
	// otherwise ends the program. Commands call it before the first write to a product.
	// Nil does nothing.
	OutliveReader func()

	// Exit ends the program at once, while something in it goes on. Where it is nil,
	// what evaluation takes is not watched.
	Exit func(code int)

	Products []Product
	Version  Version

	content io.Writer   // Out for the text of a file, which is written as it is
	screen  io.Writer   // Err for a progress bar, which moves the cursor
	secrets *secret.Set // of this run: keys and tokens, which no output and no file shows
	root    string      // of --root, for the lines that diagnostics show
}

// defaultWidth is used where nothing says how wide the terminal is, so that the
// output of a pipe is the same everywhere.
const defaultWidth = 80

// System returns the factory of the real program.
func System() *Factory {
	f := &Factory{
		In:  os.Stdin,
		Out: colorable.NewColorable(os.Stdout), Err: colorable.NewColorable(os.Stderr),
		InTerminal:    term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal:   term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal:   term.IsTerminal(int(os.Stderr.Fd())),
		Width:         defaultWidth,
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
	f.settle()
	return f
}

// settle decides about colour and conversation from the environment. NO_COLOR
// and TERM=dumb turn colour off, FORCE_COLOR turns it on without a terminal, and
// CI means that nobody is there to answer or to watch progress.
func (f *Factory) settle() {
	plain := f.env("NO_COLOR") != "" || f.env("TERM") == "dumb"
	force := f.env("FORCE_COLOR") != "" && f.env("FORCE_COLOR") != "0"
	f.Colour = !plain && (force || f.OutTerminal)
	f.ErrColour = !plain && (force || f.ErrTerminal)
	if ci := f.env("CI"); ci != "" && ci != "false" && ci != "0" {
		f.InTerminal, f.ErrTerminal = false, false
	}
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
		// The signal has its ordinary effect back before anybody hears of it.
		signal.Stop(heard)
		cancel()
	}()
	return ctx, func() { cancel(); <-ended }
}

// env returns the value of an environment variable, or "". As in a shell, the
// last entry wins.
func (f *Factory) env(name string) string {
	for _, e := range slices.Backward(f.Environ) {
		if k, v, _ := strings.Cut(e, "="); k == name {
			return v
		}
	}
	return ""
}

// schemas lists what the files may say, for package config.
func (f *Factory) schemas() []*schema.Product {
	out := make([]*schema.Product, len(f.Products))
	for i, p := range f.Products {
		out[i] = &p.Provider.Product
	}
	return out
}

// product finds a product by name; the error says which there are.
func (f *Factory) product(name string) (*Product, error) {
	var names []string
	for i := range f.Products {
		if f.Products[i].Provider.Name == name {
			return &f.Products[i], nil
		}
		names = append(names, f.Products[i].Provider.Name)
	}
	if n := schema.Nearest(name, names); n != "" {
		return nil, advise(fmt.Sprintf("Did you mean %q?", n), "unknown product %q", name)
	}
	return nil, advise("Products: "+strings.Join(names, ", ")+".", "unknown product %q", name)
}

// printJSON writes a value for programs: indented, with a newline at the end.
func (f *Factory) printJSON(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := f.Out.Write(text.JSON(b.Bytes()))
	return err
}

// guarded returns a factory whose streams let no control character and no key through, whatever
// a command forgot to clean, and a function that writes what they hold back.
func (f *Factory) guarded(out io.Writer) (*Factory, func()) {
	g := *f
	o, e := text.NewWriter(out), text.NewWriter(f.Err)
	g.secrets = &secret.Set{}
	lines := g.secrets.Lines(o)
	g.Out, g.Err, g.content, g.screen = lines, g.secrets.AtOnce(e), out, f.Err
	return &g, func() {
		_ = lines.Flush() // the writer at the bottom has kept the error
		_ = o.Flush()
		_ = e.Flush() // nobody is left who could be told
	}
}

// A checked writer remembers the first error, so that output which did not
// arrive (a full disk behind a redirection) is told once, at the end.
type checked struct {
	io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}
