package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	roserocketemulator "github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
	tinesemulator "github.com/rolecall-dev/rolecall/provider/tines/emulator"
	"github.com/rolecall-dev/rolecall/provider/uberall"
	uberallemulator "github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// products lists the products that rolecall supports: a new product is one line.
func products() Products {
	all := Products{
		{partoo.Provider(), partooemulator.Variants(), emulatePartoo},
		{roserocket.Provider(), roserocketemulator.Variants(), emulateRoseRocket},
		{tines.Provider(), tinesemulator.Variants(), emulateTines},
		{uberall.Provider(), uberallemulator.Variants(), emulateUberall},
	}
	for _, p := range all {
		p.Provider.Check()
	}
	return all
}

// Products are the products that rolecall supports.
type Products []Product

// schemas returns what files can declare, for package config.
func (all Products) schemas() []*schema.Product {
	out := make([]*schema.Product, len(all))
	for i, p := range all {
		out[i] = &p.Provider.Product
	}
	return out
}

func (all Products) names() []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.Provider.Name
	}
	return out
}

// find returns the product with a name. The error lists the products.
func (all Products) find(name string) (*Product, error) {
	for i := range all {
		if all[i].Provider.Name == name {
			return &all[i], nil
		}
	}
	if n := schema.Nearest(name, all.names()); n != "" {
		return nil, advise(fmt.Sprintf("Did you mean %q?", n), "unknown product %q", name)
	}
	return nil, advise("Products: "+strings.Join(all.names(), ", ")+".", "unknown product %q", name)
}

// A Product is a product's adapter with its emulator.
type Product struct {
	Provider *provider.Provider
	Variants []emulator.Variant // how the emulator can behave
	Emulate  func(EmulatorOptions) (*Emulation, error)
}

// EmulatorOptions are how an emulator starts. The zero value is a small tenant in
// memory.
type EmulatorOptions struct {
	Settings *schema.Object // provider block that it is for; nil if it serves any client
	State    string         // file with the data; empty keeps it in memory
	Seed     string         // file with the contents of a new state; empty means the default of the emulator
	Variants []string
	Faults   []emulator.Fault
	Latency  time.Duration
	Rate     int       // requests per minute; 0 means the limit of the product, negative means no limit
	Log      io.Writer // one JSON line for each request; may be nil
	Now      func() time.Time
}

// An Emulation is a started emulator. Close waits for requests in flight and
// saves the data.
type Emulation struct {
	http.Handler
	io.Closer
	Transport http.RoundTripper              // to it in the process, without a socket
	BaseURL   string                         // for Transport; nothing listens there
	Path      string                         // of the API on a server: "/v2"
	Key       string                         // a credential that it accepts
	Settings  []Setting                      // of a provider block for it, beside the endpoint
	Try       func(endpoint string) []string // shell commands that speak to it
}

// A Setting is an attribute of a provider block and its value.
type Setting struct {
	Name  string
	Value any // a string or an int
}

// Embed starts the emulator of endpoint = "emulator". Its data is the state file or, if that
// does not exist, the seed. It writes files only if writes is set.
func (p *Product) Embed(settings *schema.Object, state, seed string, writes bool) (*Emulation, error) {
	o := EmulatorOptions{Settings: settings, State: state, Seed: seed, Rate: -1}
	for _, name := range []*string{&o.State, &o.Seed} {
		if *name == state && writes {
			continue
		}
		if _, err := os.Stat(*name); errors.Is(err, fs.ErrNotExist) {
			*name = ""
		} else if err != nil {
			return nil, err
		}
	}
	return p.Emulate(o)
}
