package cmd

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// allowHostsEnv is the environment variable with servers that a key may be sent to
// beside the product's own, as --allow-host: separated by commas or spaces.
const allowHostsEnv = "ROLECALL_ALLOW_HOSTS"

// hostFlags allow servers on the command line. No file can, because whoever writes
// the files could then send the key to a server of their own.
type hostFlags struct{ allowed []string }

func (h *hostFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&h.allowed, "allow-host", nil,
		"allow sending the key to `HOST` or HOST:PORT, beside the hosts of the product; can be repeated (also: "+allowHostsEnv+")")
}

// A block is a provider block that is to be connected to.
type block struct {
	name     string
	settings *schema.Object
}

// A credential is the key of a provider block and the servers that it may be sent
// to. That of an embedded emulator is empty.
type credential struct {
	key    string
	source string // the environment variable that the key comes from
	hosts  rest.Hosts
}

// credentials finds the key of every block and makes sure that each goes where it
// belongs, before anything is sent. A person at a terminal is asked about the host of
// a tenant that no environment variable names.
func (f *Factory) credentials(ctx context.Context, blocks []block, flags *hostFlags) ([]credential, error) {
	allowed, err := f.allowedHosts(flags)
	if err != nil {
		return nil, err
	}
	out, products := make([]credential, len(blocks)), make([]*Product, len(blocks)) // nil for an emulator
	for i, b := range blocks {
		p, err := f.product(productOf(b.name))
		if err != nil {
			return nil, err
		}
		if p.Provider.Endpoint(b.settings) == embedded {
			continue
		}
		products[i] = p
		if out[i].key, out[i].source, err = f.key(p.Provider, b.name); err != nil {
			return nil, err
		}
		f.secrets.Add(out[i].key)
	}
	unconfirmed := make([]string, len(blocks))
	for i, p := range products {
		if p == nil {
			continue
		}
		if out[i].hosts, unconfirmed[i], err = f.hosts(p, blocks[i], out[i].source, allowed); err != nil {
			return nil, err
		}
	}
	for i, host := range unconfirmed {
		if host == "" {
			continue
		}
		if err := f.confirmHost(ctx, products[i], blocks[i].name, out[i].source, host); err != nil {
			return nil, err
		}
		if out[i].hosts, err = out[i].hosts.With(host); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func productOf(name string) string {
	product, _, _ := strings.Cut(name, ".")
	return product
}

// allowedHosts reads what the command line and the environment allow.
func (f *Factory) allowedHosts(flags *hostFlags) ([]string, error) {
	for _, name := range flags.allowed {
		if _, err := rest.ParseHost(name); err != nil {
			return nil, advise("Write the host alone, with a port where it is not 443, as in --allow-host api.example.com.", "flag --allow-host: %w", err)
		}
	}
	fromEnv := strings.FieldsFunc(f.env(allowHostsEnv), func(r rune) bool { return r == ',' || r == ' ' })
	for _, name := range fromEnv {
		if _, err := rest.ParseHost(name); err != nil {
			return nil, advise("Write hosts alone, separated by commas, as in\n  export "+allowHostsEnv+"=api.example.com",
				"environment variable %s: %w", allowHostsEnv, err)
		}
	}
	return append(fromEnv, flags.allowed...), nil
}

// hosts returns the servers to which the key of a block, which comes from the variable
// source, may be sent. The files must
// not ask for another one, but for the host of a tenant that no environment variable
// names and a person can confirm, which is returned as unconfirmed.
func (f *Factory) hosts(p *Product, b block, source string, allowed []string) (hosts rest.Hosts, unconfirmed string, err error) {
	variable, own, err := f.tenantHost(p.Provider, source)
	if err != nil {
		return hosts, "", err
	}
	names := append(append([]string{}, p.Provider.Hosts...), allowed...)
	if own != "" {
		names = append(names, own)
	}
	if hosts, err = rest.NewHosts(names...); err != nil {
		return hosts, "", err
	}
	addresses := []string{p.Provider.Endpoint(b.settings)}
	if p.Provider.SignIn != nil {
		addresses = append(addresses, p.Provider.SignIn(b.settings))
	}
	for i, address := range addresses {
		server, err := serverOf(address)
		switch {
		case err != nil:
			return hosts, "", advise("Correct the address. Plain http is for servers on this machine, such as rolecall emulator.",
				"the key of %s may not be sent to %s: %w", who(p.Provider, b.name), rest.ShownURL(address), err)
		case hosts.Allows(server):
		case i > 0: // no tenant gives tokens
			return hosts, "", f.strangeHost(p, b.name, source, server.Name, "", "")
		case variable == "" || own != "" || !f.InTerminal:
			return hosts, "", f.strangeHost(p, b.name, source, server.Name, variable, own)
		default:
			unconfirmed = server.Name
		}
	}
	return hosts, unconfirmed, nil
}

func serverOf(address string) (rest.Server, error) {
	u, err := url.Parse(address)
	if err != nil {
		return rest.Server{}, fmt.Errorf("it is not an address such as https://api.example.com")
	}
	return rest.ServerOf(u)
}

// tenantHost finds the host of the tenant that a key is for, and the environment
// variable that holds it or has to; both are empty where the product's customers share
// its hosts. The variable ends as source does, which the key comes from: the key of one
// tenant must not go to the host of another.
func (f *Factory) tenantHost(p *provider.Provider, source string) (variable, host string, err error) {
	if p.HostEnv == "" {
		return "", "", nil
	}
	variable = p.HostEnv + strings.TrimPrefix(source, p.KeyEnv)
	value := strings.TrimSpace(f.env(variable))
	if value == "" {
		return variable, "", nil
	}
	if host, err = rest.ParseHost(value); err != nil {
		return variable, "", withCode(exitCredentials, advise("Write the host alone, without https:// and without a path, as in\n  export "+variable+"=example.com",
			"environment variable %s: %w", variable, err))
	}
	return variable, host, nil
}

// strangeHost tells that the files send a key to a host that nobody allowed.
func (f *Factory) strangeHost(p *Product, name, source, host, variable, own string) error {
	const changed = "Nothing was sent. If you did not expect this host, look at who changed the files. "
	switch {
	case variable == "":
		return withCode(exitCredentials, advise(changed+fmt.Sprintf("If the key is meant for it, allow it: --allow-host %s.", host),
			"the files send the key of %s to %s, which is no host of %s: its hosts are %s", who(p.Provider, name), host, p.Provider.Title, text.And(p.Provider.Hosts)))
	case own != "":
		return withCode(exitCredentials, advise(changed+fmt.Sprintf("If it is the host of your tenant, change %s; for any other host there is --allow-host %s.", variable, host),
			"the files send the key of %s to %s, and %s is %s", who(p.Provider, name), host, variable, own))
	}
	another := ""
	if own := keySources(p.Provider, name)[0]; own != source {
		another = fmt.Sprintf("\nThe key is the one of %s. If this tenant has a key of its own, put it into %s.", source, own)
	}
	return withCode(exitCredentials, advise(changed+fmt.Sprintf("If it is the host of your tenant, say so beside the key, as in\n  export %s=%s%s", variable, host, another),
		"the files send the key of %s to %s, and the environment does not say that this is your tenant: %s is empty", who(p.Provider, name), host, variable))
}

// confirmHost asks a person whether a host is that of the tenant. The name has to be
// typed, because the answer cannot be taken back.
func (f *Factory) confirmHost(ctx context.Context, p *Product, name, source, host string) error {
	variable, _, err := f.tenantHost(p.Provider, source)
	if err != nil {
		return err
	}
	fmt.Fprintln(f.Err, wrapped(fmt.Sprintf("The files send the key of %s to %s, and the environment variable %s, which names the host of your tenant, is empty.",
		who(p.Provider, name), host, variable), f.Width))
	line, err := f.ask(ctx, "Type the name of the host to send the key there: ")
	if err != nil {
		return advise("Nothing was sent.", "interrupted before anything was sent")
	}
	if !strings.EqualFold(line, host) {
		return withCode(exitCredentials, advise("Nothing was sent. If it is the host of your tenant, type its name, or say so beside the key, as in\n  export "+variable+"="+host,
			"the host %s was not confirmed", host))
	}
	return nil
}

// proxy returns the environment variable that names the proxy for requests to products,
// or "". An address that cannot be used is an error: requests would go past the proxy.
func (f *Factory) proxy() (variable string, err error) {
	for _, name := range rest.ProxyVariables() {
		value := f.env(name)
		if value == "" {
			continue
		}
		proxy, err := rest.ParseProxy(value)
		if err != nil {
			return "", advise("Set it to an address such as http://proxy.example.com:8080, or unset it.", "environment variable %s: %w", name, err)
		}
		if password, ok := proxy.User.Password(); ok {
			f.secrets.Add(password)
		}
		return name, nil
	}
	return "", nil
}
