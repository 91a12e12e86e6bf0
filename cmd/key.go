package cmd

import (
	"fmt"
	"os"
	"strings"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider"
)

// keySources lists the environment variables that may hold the credential of a
// provider block, the most particular first. A block with an alias has one of its
// own, so that two tenants of one product can be in one directory.
func keySources(p *provider.Provider, name string) []string {
	if _, alias, ok := strings.Cut(name, "."); ok {
		own := p.KeyEnv + "_" + strings.ToUpper(strings.ReplaceAll(alias, "-", "_"))
		return []string{own, p.KeyEnv}
	}
	return []string{p.KeyEnv}
}

// who names a provider block: by its product, and by its alias where it has one.
func who(p *provider.Provider, name string) string {
	if _, alias, ok := strings.Cut(name, "."); ok {
		return p.Title + " (" + alias + ")"
	}
	return p.Title
}

// key finds the credential of a provider block: in a variable, or in the file that
// the variable with _FILE at its end names, as CI systems mount secrets.
func (f *Factory) key(p *provider.Provider, name string) (string, error) {
	sources := keySources(p, name)
	for _, v := range sources {
		if key := strings.TrimSpace(f.env(v)); key != "" {
			return key, nil
		}
		if path := f.env(v + "_FILE"); path != "" {
			return keyFile(v+"_FILE", path)
		}
	}
	return "", withCode(exitCredentials, advise(
		fmt.Sprintf("Put it there and run the command again, as in\n  export %s=...\nor let %[1]s_FILE name a file that holds it. "+
			"To try rolecall without a key, set endpoint = %q in the provider block.", sources[0], embedded),
		"no key for %s: the environment variable %s is empty", who(p, name), strings.Join(sources, " or ")))
}

// haveKeys makes sure, before anything is sent, that there is a key for every
// provider block of a directory that needs one.
func (f *Factory) haveKeys(c *config.Config) error {
	for _, t := range c.Tenants {
		p, err := f.product(t.Product.Name)
		if err != nil {
			return err
		}
		if p.Provider.Endpoint(&t.Settings) == embedded {
			continue
		}
		if _, err := f.key(p.Provider, t.Name); err != nil {
			return err
		}
	}
	return nil
}

func keyFile(variable, path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", withCode(exitCredentials, advise("Let "+variable+" name a file that holds the key and nothing else.",
			"the key cannot be read: %w", err))
	}
	key := strings.TrimSpace(string(b))
	if key == "" || strings.ContainsAny(key, "\r\n") {
		return "", withCode(exitCredentials, advise("Let "+variable+" name a file that holds the key and nothing else.",
			"the file %s does not hold one key", path))
	}
	return key, nil
}
