package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// blockAdvice says what rolecall has in the place of a block of Terraform, or "".
func blockAdvice(name string) string {
	switch name {
	case "resource":
		return `rolecall has no resource blocks. The kind is the name of the block, as in role "store_editor" { … }.`
	case "data":
		return "rolecall has no data blocks. Refer to an existing object by its name, or declare it: an existing object is updated, not created again."
	case "module":
		return "rolecall has no modules. All .hcl files of the directory belong together; for_each, locals and functions such as csvdecode replace repetition."
	case "terraform", "required_providers", "backend":
		return `There is nothing to configure here: products are built in, and there is no state. For the version of rolecall, write rolecall { required_version = ">= 0.1.0" }.`
	case "output":
		return `rolecall has no outputs. For programs, "rolecall plan --json" prints everything as JSON. Delete this block.`
	case "moved":
		return `To rename an object, write its old name into its block, as in previously = ["old_name"], and delete this block.`
	case "import":
		return `Nothing has to be imported: rolecall finds an existing object by its name. Delete this block, and "rolecall plan" shows the difference.`
	case "ephemeral", "action", "run", "provisioner", "cloud":
		return "rolecall runs nothing but the changes of a plan. Delete this block."
	case "assert":
		return `A check block says what must hold: check "NAME" { condition = … }. A variable block can have validation blocks.`
	case "manage", "limits":
		return "A " + name + " block stands inside the provider block. Move it there."
	case "tenant":
		return `A file with tenant blocks is a fleet file: "rolecall fleet list" lists its tenants. Keep it in another directory than their configuration.`
	case "variables":
		return `Write one block for each variable, as in variable "name" { … }.`
	case "local":
		return "Named values belong in a locals block: locals { name = … }."
	}
	return ""
}

// innerBlockAdvice is blockAdvice for a block inside another one.
func innerBlockAdvice(name string) string {
	switch name {
	case "lifecycle":
		return "To keep an object from being removed, add it to protect in the provider block. To leave objects alone, use ignore in a manage block."
	case "provisioner", "connection":
		return "rolecall runs no commands. Delete this block."
	case "timeouts":
		return "rolecall waits as long as each request needs. Delete this block."
	case "precondition", "postcondition":
		return "Conditions belong in a validation block of a variable."
	}
	return ""
}

// nameAdvice is blockAdvice for a name in an expression.
func nameAdvice(root string) string {
	switch root {
	case "path":
		return `rolecall has no path. Write the path alone, as in file("users.csv"): it starts at the directory of the configuration.`
	case "terraform":
		return "rolecall has no workspaces. Declare a variable for the environment, and give its value with --var or --var-file."
	case "count":
		return "rolecall has no count. Write for_each in the block, and each.key here."
	case "module":
		return "rolecall has no modules. Named values belong in a locals block, and are used as local.name."
	case "data", "resource":
		return "To refer to an object that exists but is not declared, write its key in quotes."
	case "self":
		return "A block cannot refer to itself. Put the value into a locals block, and use it in both places."
	case "locals":
		return "Write local.name, without an s."
	case "vars", "variable":
		return "Write var.name."
	}
	return ""
}

// functionAdvice says what to do instead of calling a function of Terraform, or "".
func functionAdvice(name string) string {
	switch name {
	case "env", "getenv", "get_env":
		return "Files do not read the environment. Declare a variable \"name\", and set the environment variable ROLECALL_VAR_name."
	case "sensitive", "nonsensitive", "issensitive", "ephemeralasnull":
		return "Only a variable can be marked, with sensitive = true in its block."
	case "timestamp", "plantimestamp", "uuid", "bcrypt", "timeadd":
		return "The same files must always mean the same, so no function returns the time or a random value. Declare a variable, and give its value with --var."
	case "who_can", "subjects", "administrators", "rights":
		return "Only check blocks can ask who can do what. Write it in a block check \"name\" { … }."
	case "abspath", "pathexpand":
		return `Paths start at the directory of the configuration. Write them as they are, as in file("users.csv").`
	}
	return ""
}

// attributeAdvice says what rolecall has in the place of an attribute that people know
// from Terraform or from other tools, or "". Secret reports that the value may be a key,
// which no message shows.
func (br *blockReader) attributeAdvice(b *hcl.Block, name string) (advice string, secret bool) {
	if b.Type == "provider" && looksLikeKey(name) {
		variable := "an environment variable"
		if p := br.product(b.Labels[0]); p != nil {
			variable = fmt.Sprintf("the environment variable %s", p.KeyEnv)
		}
		return fmt.Sprintf("The key comes from %s, never from a file. Delete this line. If it was a real key, it may be in the history of the repository: replace the key.", variable), true
	}
	switch name {
	case "lifecycle", "timeouts", "precondition", "postcondition":
		return innerBlockAdvice(name), false
	case "nullable":
		if b.Type == "variable" {
			return "A variable without a value is an error, unless its block has a default. Delete this line.", false
		}
	case "ephemeral":
		if b.Type == "variable" {
			return "To keep a value out of every output, write sensitive = true.", false
		}
	case "count":
		return `rolecall has no count. Write for_each, as in for_each = toset(["a", "b"]).`, false
	case "depends_on":
		return "The order follows from references. Delete this line.", false
	case "version", "source":
		if b.Type == "provider" {
			return `Products are built into rolecall. For the version of rolecall, write rolecall { required_version = ">= 0.1.0" }.`, false
		}
	}
	return "", false
}

// looksLikeKey reports whether an attribute may hold a credential, by its name.
func looksLikeKey(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "")
	for _, part := range []string{"key", "token", "secret", "password", "passwd", "credential"} {
		if strings.HasSuffix(name, part) || strings.HasSuffix(name, part+"s") {
			return true
		}
	}
	return false
}
