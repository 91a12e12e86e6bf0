package cmd

import (
	"fmt"
	"os"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// keyVariables lists the environment variables that may hold the key of the block, that
// of its alias first.
func (b block) keyVariables() []string {
	_, alias, _ := strings.Cut(b.name, ".")
	return schema.EnvNames(b.product.Provider.KeyEnv, alias)
}

// findKey finds the key of the block: in a variable, or in the file that the variable
// with the suffix _FILE names, as CI systems mount secrets. Variable is returned without
// _FILE.
func (b block) findKey(e Environment) (key, variable string, err error) {
	variables := b.keyVariables()
	for _, v := range variables {
		if strings.HasSuffix(v, "_FILE") {
			continue // it holds a path: the alias must not make it a key
		}
		if key := strings.TrimSpace(e.env(v)); key != "" {
			return key, v, nil
		}
		if path := e.env(v + "_FILE"); path != "" {
			key, err = readKey(v+"_FILE", path)
			return key, v, err
		}
	}
	host := ""
	if variable, own, err := b.tenantHost(e, variables[0]); err == nil && variable != "" && own == "" {
		host = fmt.Sprintf("\n  export %s=...    # the host of your tenant", variable)
	}
	return "", "", withCode(exitCredentials, advise(
		fmt.Sprintf("Set it and run the command again:\n  export %s=...%s\nOr set %[1]s_FILE to the path of a file that contains it. "+
			"To try rolecall without a key, set endpoint = %[3]q in the provider block.", variables[0], host, embedded),
		"no key for %s: the environment variable %s is empty", b.title(), strings.Join(variables, " or ")))
}

// findLogin finds the user to sign in as and the password, in variables with the same suffix
// as that of the key. They are empty where the product or the environment has none.
func (b block) findLogin(e Environment, keyVariable string) (user, password string) {
	p := b.product.Provider
	if p.UserEnv == "" {
		return "", ""
	}
	suffix := strings.TrimPrefix(keyVariable, p.KeyEnv)
	return strings.TrimSpace(e.env(p.UserEnv + suffix)), e.env(p.PasswordEnv + suffix)
}

func readKey(variable, path string) (string, error) {
	hint := "Set " + variable + " to the path of a file that contains the key and nothing else."
	b, err := os.ReadFile(path)
	if err != nil {
		return "", withCode(exitCredentials, advise(hint, "the key cannot be read: %w", err))
	}
	key := strings.TrimSpace(string(b))
	if key == "" || strings.ContainsAny(key, "\r\n") {
		return "", withCode(exitCredentials, advise(hint, "the file %s does not contain one key", path))
	}
	return key, nil
}
