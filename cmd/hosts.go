package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// allowHostsEnv is the environment variable that allows hosts in addition to those of
// the product, as --allow-host does: separated by commas or spaces.
const allowHostsEnv = "ROLECALL_ALLOW_HOSTS"

// hostFlags allow hosts on the command line. No file can, because whoever writes
// the files could then send the key to a server of their own.
type hostFlags struct{ allowed []string }

func (h *hostFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&h.allowed, "allow-host", nil,
		"allow sending the key to `HOST` or HOST:PORT in addition to the hosts of the product; can be repeated (also: "+allowHostsEnv+")")
}

// parse returns the hosts that the command line and the environment allow.
func (h *hostFlags) parse(e Environment) ([]string, error) {
	for _, name := range h.allowed {
		if _, err := rest.ParseHost(name); err != nil {
			return nil, advise("Write only the host, with a port if it is not 443, as in --allow-host api.example.com.", "flag --allow-host: %w", err)
		}
	}
	fromEnv := strings.FieldsFunc(e.env(allowHostsEnv), func(r rune) bool { return r == ',' || r == ' ' })
	for _, name := range fromEnv {
		if _, err := rest.ParseHost(name); err != nil {
			return nil, advise("Write only hosts, separated by commas, as in\n  export "+allowHostsEnv+"=api.example.com",
				"environment variable %s: %w", allowHostsEnv, err)
		}
	}
	return append(fromEnv, h.allowed...), nil
}

// A block is a provider block with its product.
type block struct {
	name     string
	settings *schema.Object
	product  *Product
}

func newBlock(products Products, t *schema.Tenant) (block, error) {
	product, err := products.find(t.Product.Name)
	return block{t.Name, &t.Settings, product}, err
}

func (b block) endpoint() string { return b.product.Provider.Endpoint(b.settings) }

// emulated reports whether the block is for the emulator inside the program.
func (b block) emulated() bool { return b.endpoint() == embedded }

// title names the block for people, by its product and its alias: "Partoo (sandbox)".
func (b block) title() string {
	if _, alias, ok := strings.Cut(b.name, "."); ok {
		return b.product.Provider.Title + " (" + alias + ")"
	}
	return b.product.Provider.Title
}

// A credential is the key of a provider block and the hosts to which it may be sent.
// That of an embedded emulator is empty.
type credential struct {
	key      string
	variable string // the environment variable that the key comes from
	user     string // to sign in as, where the product needs one; may be empty
	password string
	hosts    rest.Hosts
}

// findCredentials finds the key of every block and checks where the files send it, before
// anything is sent. At a terminal it asks about the host of a tenant that no environment
// variable names. The keys are added to the secrets.
func findCredentials(ctx context.Context, s *Streams, e Environment, secrets *secret.Set, blocks []block, flags *hostFlags) ([]credential, error) {
	allowed, err := flags.parse(e)
	if err != nil {
		return nil, err
	}
	out := make([]credential, len(blocks))
	for i, b := range blocks {
		if b.emulated() {
			continue
		}
		if out[i].key, out[i].variable, err = b.findKey(e); err != nil {
			return nil, err
		}
		out[i].user, out[i].password = b.findLogin(e, out[i].variable)
		secrets.Add(out[i].key)
		secrets.Add(out[i].password)
	}
	unconfirmed := make([]string, len(blocks))
	for i, b := range blocks {
		if b.emulated() {
			continue
		}
		if out[i].hosts, unconfirmed[i], err = b.hosts(e, out[i].variable, allowed, s.InTerminal); err != nil {
			return nil, err
		}
	}
	for i, host := range unconfirmed {
		if host == "" {
			continue
		}
		if err := blocks[i].confirmHost(ctx, s, e, out[i].variable, host); err != nil {
			return nil, err
		}
		if out[i].hosts, err = out[i].hosts.With(host); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// hosts returns the hosts to which the key of the block, which comes from the given
// variable, may be sent. It fails if the files send it elsewhere. If a person can
// confirm the host of a tenant that no environment variable names, that host is
// returned as unconfirmed instead.
func (b block) hosts(e Environment, keyVariable string, allowed []string, canAsk bool) (hosts rest.Hosts, unconfirmed string, err error) {
	p := b.product.Provider
	variable, own, err := b.tenantHost(e, keyVariable)
	if err != nil {
		return hosts, "", err
	}
	names := append(append([]string{}, p.Hosts...), allowed...)
	if own != "" {
		names = append(names, own)
	}
	if hosts, err = rest.NewHosts(names...); err != nil {
		return hosts, "", err
	}
	addresses := []string{b.endpoint()}
	if p.SignIn != nil {
		addresses = append(addresses, p.SignIn(b.settings))
	}
	for i, address := range addresses {
		server, err := serverOf(address)
		switch {
		case err != nil:
			return hosts, "", advise("Correct the address. Plain http is only for servers on this machine, such as rolecall emulator.",
				"the key of %s may not be sent to %s: %w", b.title(), rest.ShownURL(address), err)
		case hosts.Allows(server):
		case i > 0: // tokens come from the product, never from a tenant
			return hosts, "", b.unexpectedHost(keyVariable, server.Name, "", "")
		case variable == "" || own != "" || !canAsk:
			return hosts, "", b.unexpectedHost(keyVariable, server.Name, variable, own)
		default:
			unconfirmed = server.Name
		}
	}
	return hosts, unconfirmed, nil
}

func serverOf(address string) (rest.Server, error) {
	u, err := url.Parse(address)
	if err != nil {
		return rest.Server{}, errors.New("it is not an address such as https://api.example.com")
	}
	return rest.ServerOf(u)
}

// tenantHost returns the host of the tenant that a key is for, and the environment
// variable that holds it; both are empty if all customers of the product share its
// hosts. The variable has the same suffix as that of the key: the key of one
// tenant must not be sent to the host of another.
func (b block) tenantHost(e Environment, keyVariable string) (variable, host string, err error) {
	p := b.product.Provider
	if p.HostEnv == "" {
		return "", "", nil
	}
	variable = p.HostEnv + strings.TrimPrefix(keyVariable, p.KeyEnv)
	value := strings.TrimSpace(e.env(variable))
	if value == "" {
		return variable, "", nil
	}
	if host, err = rest.ParseHost(value); err != nil {
		return variable, "", withCode(exitCredentials, advise("Write only the host, without https:// and without a path, as in\n  export "+variable+"=example.com",
			"environment variable %s: %w", variable, err))
	}
	return variable, host, nil
}

// unexpectedHost is the error that the files send a key to a host that is not allowed.
// Variable and own are what tenantHost returns.
func (b block) unexpectedHost(keyVariable, host, variable, own string) error {
	p := b.product.Provider
	refuse := func(hint, format string, args ...any) error {
		const changed = "Nothing was sent. If you did not expect this host, find out who changed the files. "
		return withCode(exitCredentials, advise(changed+hint, format, args...))
	}
	switch {
	case variable == "":
		return refuse("If the key is meant for it, allow it: --allow-host "+host+".",
			"the files send the key of %s to %s, which is no host of %s: its hosts are %s", b.title(), host, p.Title, text.And(p.Hosts))
	case own != "":
		return refuse(fmt.Sprintf("If it is the host of your tenant, change %s; any other host needs --allow-host %s.", variable, host),
			"the files send the key of %s to %s, but %s is %s", b.title(), host, variable, own)
	}
	another := ""
	if own := b.keyVariables()[0]; own != keyVariable {
		another = fmt.Sprintf("\nThe key comes from %s. If this tenant has a key of its own, set %s.", keyVariable, own)
	}
	return refuse(fmt.Sprintf("If it is the host of your tenant, set it together with the key:\n  export %s=%s%s", variable, host, another),
		"the files send the key of %s to %s, but the environment variable %s, which names the host of your tenant, is empty", b.title(), host, variable)
}

// confirmHost asks a person whether a host is that of the tenant. The name must be
// typed, because the key cannot be taken back.
func (b block) confirmHost(ctx context.Context, s *Streams, e Environment, keyVariable, host string) error {
	variable, _, err := b.tenantHost(e, keyVariable)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Err, text.Wrap(fmt.Sprintf("The files send the key of %s to %s, but the environment variable %s, which names the host of your tenant, is empty.",
		b.title(), host, variable), s.Width))
	line, err := s.ask(ctx, "Type the name of the host to send the key there: ")
	if err != nil {
		return advise("Nothing was sent.", "interrupted before anything was sent")
	}
	if !strings.EqualFold(line, host) {
		return withCode(exitCredentials, advise("Nothing was sent. If it is the host of your tenant, type its name, or set it together with the key:\n  export "+variable+"="+host,
			"the host %s was not confirmed", host))
	}
	return nil
}

// findProxy returns the environment variable that names the proxy for requests to products,
// or "". An invalid address is an error: requests would bypass the proxy. A password in
// it is added to the secrets.
func findProxy(e Environment, secrets *secret.Set) (variable string, err error) {
	for _, name := range rest.ProxyVariables() {
		value := e.env(name)
		if value == "" {
			continue
		}
		proxy, err := rest.ParseProxy(value)
		if err != nil {
			return "", advise("Set it to an address such as http://proxy.example.com:8080, or unset it.", "environment variable %s: %w", name, err)
		}
		if password, ok := proxy.User.Password(); ok {
			secrets.Add(password)
		}
		return name, nil
	}
	return "", nil
}
