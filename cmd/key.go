package cmd

import (
	"fmt"
	"os"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// keySources lists the environment variables that may hold the credential of a
// provider block, the most particular first.
func keySources(p *provider.Provider, name string) []string {
	_, alias, _ := strings.Cut(name, ".")
	return schema.EnvNames(p.KeyEnv, alias)
}

// who names a provider block: by its product, and by its alias where it has one.
func who(p *provider.Provider, name string) string {
	if _, alias, ok := strings.Cut(name, "."); ok {
		return p.Title + " (" + alias + ")"
	}
	return p.Title
}

// key finds the credential of a provider block: in a variable, or in the file that
// the variable with _FILE at its end names, as CI systems mount secrets. Source is the
// variable, without _FILE.
func (f *Factory) key(p *provider.Provider, name string) (key, source string, err error) {
	sources := keySources(p, name)
	for _, v := range sources {
		if strings.HasSuffix(v, "_FILE") {
			continue // it holds a path, and no file of the configuration can have such an alias
		}
		if key := strings.TrimSpace(f.env(v)); key != "" {
			return key, v, nil
		}
		if path := f.env(v + "_FILE"); path != "" {
			key, err = keyFile(v+"_FILE", path)
			return key, v, err
		}
	}
	host := ""
	if variable, own, err := f.tenantHost(p, sources[0]); err == nil && variable != "" && own == "" {
		host = fmt.Sprintf("\n  export %s=...    # the host of your tenant", variable)
	}
	return "", "", withCode(exitCredentials, advise(
		fmt.Sprintf("Set it and run the command again:\n  export %s=...%s\nOr set %[1]s_FILE to the path of a file that contains it. "+
			"To try rolecall without a key, set endpoint = %[3]q in the provider block.", sources[0], host, embedded),
		"no key for %s: the environment variable %s is empty", who(p, name), strings.Join(sources, " or ")))
}

func keyFile(variable, path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", withCode(exitCredentials, advise("Set "+variable+" to the path of a file that contains the key and nothing else.",
			"the key cannot be read: %w", err))
	}
	key := strings.TrimSpace(string(b))
	if key == "" || strings.ContainsAny(key, "\r\n") {
		return "", withCode(exitCredentials, advise("Set "+variable+" to the path of a file that contains the key and nothing else.",
			"the file %s does not contain one key", path))
	}
	return key, nil
}
