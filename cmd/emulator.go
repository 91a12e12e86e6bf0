package cmd

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// shutdownTime is how long requests in flight may take to end after Ctrl-C.
const shutdownTime = 5 * time.Second

type emulatorOptions struct {
	EmulatorOptions
	listen string
	hosts  []string
	token  string // of the control routes, made at the start
	log    string
	faults []string
	list   bool
	json   bool
}

func newEmulatorCommand(f *Factory) *cobra.Command {
	var o emulatorOptions
	c := &cobra.Command{
		Use:   "emulator PRODUCT",
		Short: "Run an emulated product to try rolecall without risk",
		Long: "Serves an emulated PRODUCT over HTTP until Ctrl-C. It behaves as the public documentation of the product says. " +
			"Where the documentation leaves something open, a variant selects the behavior.\n\n" +
			"Requests from web pages of another origin and requests for host names other than localhost are refused, so that a web page in your browser cannot use the emulator. " +
			"The routes below /_emulator, which show and change its behavior, require the token that it prints at the start.\n\n" +
			"plan and apply need no server: set endpoint = \"emulator\" in the provider block.",
		Example: "  rolecall emulator partoo\n  rolecall emulator partoo --state zoo.json --seed examples/zoo/partoo.seed.json\n" +
			"  rolecall emulator tines --variants\n  rolecall emulator tines --variant reinvite=ignore --fault 'POST /teams/* cut=after'\n" +
			"  rolecall emulator roserocket --latency 200ms --rate 60",
		GroupID: groupProducts,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return advise(fmt.Sprintf("Example: rolecall emulator %s. Products: %s.", f.Products.names()[0], strings.Join(f.Products.names(), ", ")), "emulator needs the name of a product")
			}
			return between(1, 1, "the name of one product")(c, args)
		},
		ValidArgsFunction: f.Products.completeProduct,
		RunE:              func(c *cobra.Command, args []string) error { return runEmulator(c.Context(), f, args[0], &o) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8042", "listen on `ADDRESS`; port 0 selects a free port")
	c.Flags().StringArrayVar(&o.hosts, "host", nil, "also accept requests for host `NAME`; can be repeated")
	c.Flags().StringVar(&o.State, "state", "", "store the data in `FILE` (default: in memory)")
	c.Flags().StringVar(&o.Seed, "seed", "", "fill a new state from `FILE`")
	c.Flags().StringArrayVar(&o.Variants, "variant", nil, "select the behavior `NAME=VALUE`; can be repeated")
	completeFlag(c, "variant", f.Products.completeVariant)
	c.Flags().BoolVar(&o.list, "variants", false, "list the variants and exit")
	c.Flags().DurationVar(&o.Latency, "latency", 0, "wait `DURATION` before each response, such as 20ms or 1s")
	c.Flags().IntVar(&o.Rate, "rate", 0, "allow `N` requests per minute; 0 means the limit of the product, -1 no limit")
	c.Flags().StringArrayVar(&o.faults, "fault", nil, "inject the fault `\"METHOD PATH EFFECT\"`; can be repeated")
	c.Flags().StringVar(&o.log, "log", "", "log each request as a line of JSON to `FILE`; - means standard error")
	c.Flags().BoolVar(&o.json, "json", false, "print the address, key and control token as one line of JSON")
	return c
}

func runEmulator(ctx context.Context, f *Factory, name string, o *emulatorOptions) (err error) {
	p, err := f.Products.find(name)
	if err != nil {
		return err
	}
	if o.list {
		printVariants(&f.Streams, p)
		return nil
	}
	if _, err := emulator.Choose(p.Variants, o.Variants); err != nil {
		return advise(fmt.Sprintf("Run %q to list the variants.", commandLine("emulator "+name+" --variants")), "flag --variant: %w", err)
	}
	for _, spec := range o.faults {
		fault, err := emulator.ParseFault(spec)
		if err != nil {
			return err
		}
		o.Faults = append(o.Faults, fault)
	}
	sink, done, err := openLog(o.log, f.Err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	o.Log, o.Now = sink, f.Now
	e, err := p.Emulate(o.EmulatorOptions)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return advise("Choose another address with --listen; 127.0.0.1:0 selects a free port.", "cannot listen on %s: %w", o.listen, cause(err))
	}
	o.token = rand.Text()
	if host, _, err := net.SplitHostPort(o.listen); err == nil {
		o.hosts = append(o.hosts, host)
	}
	warnReachable(f.Err, l.Addr())
	if err := printInstructions(&f.Streams, p, e, "http://"+reachable(l.Addr()), o); err != nil {
		return errors.Join(err, l.Close())
	}
	return serveUntilInterrupted(ctx, f, l, emulator.NetworkServer(e, emulator.NetworkOptions{Token: o.token, Hosts: o.hosts}))
}

// warnReachable warns if other machines can reach the emulator.
func warnReachable(w io.Writer, a net.Addr) {
	if tcp, ok := a.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		fmt.Fprintf(w, "Warning: other machines can reach this emulator on %s\n"+
			"  Its data and its key are not protected from them. Listen on 127.0.0.1 unless they must use it.\n", a)
	}
}

// serveUntilInterrupted answers requests until Ctrl-C, and returns when those in flight
// have ended.
func serveUntilInterrupted(ctx context.Context, f *Factory, l net.Listener, s *http.Server) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	s.ErrorLog = log.New(f.Err, "", 0)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the server stopped: %w", err)
	case <-ctx.Done():
	}
	fmt.Fprintln(f.Err, "Stopped.")
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err := s.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	<-ended
	return err
}

// printInstructions prints how to reach the emulator.
func printInstructions(s *Streams, p *Product, e *Emulation, base string, o *emulatorOptions) error {
	endpoint := base + e.Path
	if o.json {
		out := struct {
			Endpoint string         `json:"endpoint"`
			Key      string         `json:"key"`
			Settings map[string]any `json:"settings"`
			Token    string         `json:"control_token"` // of the routes below /_emulator
		}{endpoint, e.Key, map[string]any{}, o.token}
		for _, s := range e.Settings {
			out.Settings[s.Name] = s.Value
		}
		return json.NewEncoder(safeJSON{s.Out}).Encode(out)
	}
	data := "in memory"
	if o.State != "" {
		data = "in " + text.Clean(o.State)
	}
	style := text.Style(s.Color)
	_, err := fmt.Fprintf(s.Out, "%s\n  data %s\n\n%s\n  %s\n\n%s\n%s  export %s=%s\n\n%s\n  %s\n\nCtrl-C stops it.\n",
		style.Bold(fmt.Sprintf("The emulated %s listens on %s", p.Provider.Title, endpoint)), data,
		style.Bold("Try it"), strings.Join(e.Try(endpoint), "\n  "),
		style.Bold("Use it in a provider block, with the key in the environment"), blockLines(endpoint, e.Settings), p.Provider.KeyEnv, e.Key,
		style.Bold("See its variants, log and faults"), "curl -H 'Authorization: Bearer "+o.token+"' "+base+emulator.ControlRoot)
	return err
}

// blockLines are the lines of a provider block for the emulator.
func blockLines(endpoint string, settings []Setting) string {
	all := append([]Setting{{"endpoint", endpoint}}, settings...)
	longest := 0
	for _, s := range all {
		longest = max(longest, len(s.Name))
	}
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "  %-*s = %#v\n", longest, s.Name, s.Value)
	}
	return b.String()
}

// reachable is the address of a listener for a client on this machine.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// cause drops the description of the operation that package net adds.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	return err
}

// openLog opens the file that --log names. The log holds bodies, so only the user may
// read it.
func openLog(name string, stderr io.Writer) (io.Writer, func() error, error) {
	switch name {
	case "":
		return nil, func() error { return nil }, nil
	case "-":
		return safeJSON{stderr}, func() error { return nil }, nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open the request log: %w", err)
	}
	return safeJSON{file}, file.Close, nil
}

// safeJSON writes lines of JSON, each with one call, with what is invisible escaped.
type safeJSON struct{ to io.Writer }

func (s safeJSON) Write(p []byte) (int, error) {
	if _, err := s.to.Write(text.JSON(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// printVariants prints the values of --variant, the default first.
func printVariants(s *Streams, p *Product) {
	style := text.Style(s.Color)
	for _, v := range p.Variants {
		others := strings.Join(v.Values[1:], ", ")
		fmt.Fprintf(s.Out, "%s=%s  %s\n%s\n", style.Cyan(v.Name), v.Values[0], style.Faint("or "+others), text.Indent(v.Doc, "    ", s.helpWidth()))
	}
}
