package cmd

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// keyVariables lists the environment variables that may hold the key of the block, that
// of its alias first.
func (b block) keyVariables() []string {
	_, alias, _ := strings.Cut(b.name, ".")
	return schema.EnvNames(b.product.Provider.KeyEnv, alias)
}

// hasKey reports whether the environment names a key for the block, which may be wrong.
func (b block) hasKey(e Environment) bool {
	return slices.ContainsFunc(b.keyVariables(), func(v string) bool {
		return !strings.HasSuffix(v, "_FILE") && (strings.TrimSpace(e.env(v)) != "" || e.env(v+"_FILE") != "")
	})
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
	if variable, own, err := b.tenantHost(e, variables[0]); err == nil && own == "" {
		host = variable
	}
	return "", "", withCode(exitCredentials, advise(e.missingKey(variables[0], host),
		"no key for %s: the environment variable %s is empty", b.title(), strings.Join(variables, " or ")))
}

// missingKey says how to set the variable of a key where the program runs, and that of the host of the
// tenant unless it is "".
func (e Environment) missingKey(key, host string) string {
	const tenant = "...    # the host of your tenant"
	switch e.forge() {
	case "github":
		if host != "" {
			host = "\n    " + host + ": " + tenant
		}
		return fmt.Sprintf("In the workflow, give the step the key:\n  env:\n    %s: ${{ secrets.%[1]s }}%s\n"+
			"A secret that does not exist is empty: it must be one of the environment of the job, or of the repository. "+
			"A workflow for a pull request from a fork gets none.", key, host)
	case "gitlab":
		if host != "" {
			host = ", and " + host + " with the host of your tenant"
		}
		return fmt.Sprintf("Create the variable %s in the settings of the project%s. If it exists, this job does not get it: "+
			"only jobs of its environment scope do, and if it is protected, only those of protected branches.", key, host)
	}
	if host != "" {
		host = "\n  export " + host + "=" + tenant
	}
	return fmt.Sprintf("Set it and run the command again:\n  export %s=...%s\nOr set %[1]s_FILE to the path of a file that contains it. "+
		"To try rolecall without a key, set endpoint = %[3]q in the provider block.", key, host, embedded)
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
