package cmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// environ returns the environment in which the credentials of provider blocks are looked for: without a credential
// of e, and with those of the tenant alone. The file NAME in the directory of keys has the key of the only block that
// needs one. With several, NAME.VARIABLE has what would be in the variable of the environment, such as
// paris.TINES_API_KEY and paris.TINES_HOST. Outside of fleets, and without such a directory, it is e.
func (t *tenantRun) environ(e Environment, blocks []block) (Environment, error) {
	if t == nil || t.keys == "" {
		return e, nil
	}
	blocks = slices.DeleteFunc(slices.Clone(blocks), block.emulated)
	out := withoutCredentials(e, blocks)
	for _, b := range blocks {
		variable, path, err := t.keyFile(b, len(blocks) == 1)
		if err != nil {
			return nil, err
		}
		key, err := readTenantFile(path)
		if err != nil {
			return nil, err
		}
		out = append(out, variable+"="+key)
		p, suffix := b.product.Provider, strings.TrimPrefix(variable, b.product.Provider.KeyEnv)
		for _, name := range []string{p.HostEnv, p.UserEnv, p.PasswordEnv} {
			if name == "" {
				continue
			}
			path, found := t.file("." + name + suffix)
			if !found {
				continue
			}
			value, err := readTenantFile(path)
			if err != nil {
				return nil, err
			}
			out = append(out, name+suffix+"="+value)
		}
	}
	return out, nil
}

// keyFile finds the file with the key of a block, and the variable that the key stands for.
func (t *tenantRun) keyFile(b block, only bool) (variable, path string, err error) {
	variables := b.keyVariables()
	for _, v := range variables {
		if path, found := t.file("." + v); found {
			return v, path, nil
		}
	}
	path, found := t.file("")
	if found && only {
		return variables[0], path, nil
	}
	name := t.Name + "." + variables[0]
	if only {
		name = t.Name
	}
	hint := "Add a file " + name + " with the key and nothing else to " + text.Clean(t.keys) + "."
	if found {
		hint += " A file " + t.Name + " is for tenants with one provider block that needs a key."
	}
	return "", "", withCode(exitCredentials, advise(hint, "no key for %s: there is no file %s", b.title(), filepath.Join(t.keys, name)))
}

// file returns the path of a file in the directory of keys, by what follows the name of the tenant, and whether
// there is one.
func (t *tenantRun) file(suffix string) (string, bool) {
	path := filepath.Join(t.keys, t.Name+suffix)
	info, err := os.Stat(path)
	return path, err == nil && !info.IsDir()
}

// readTenantFile reads a file in the directory of keys.
func readTenantFile(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", withCode(exitCredentials, advise("The user of the process must be able to read it.", "%s cannot be read: %w", path, bare(err)))
	}
	value := strings.TrimSpace(string(b))
	if value == "" || strings.ContainsAny(value, "\r\n") {
		return "", withCode(exitCredentials, advise("It must have the key, or what its name says, on one line and nothing else.", "%s does not have one line", path))
	}
	return value, nil
}

// withoutCredentials leaves out the keys, users and passwords of blocks, under every suffix.
func withoutCredentials(e Environment, blocks []block) Environment {
	return slices.DeleteFunc(slices.Clone(e), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.ContainsFunc(blocks, func(b block) bool {
			p := b.product.Provider
			return slices.ContainsFunc([]string{p.KeyEnv, p.UserEnv, p.PasswordEnv}, func(v string) bool {
				return v != "" && (name == v || strings.HasPrefix(name, v+"_"))
			})
		})
	})
}
