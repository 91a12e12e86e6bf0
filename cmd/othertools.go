package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// What people who know Terraform, kubectl or Pulumi type out of habit. rolecall does
// not take these words as its own: it says what to write.

// The answers that several words share.
const (
	adviceNoState   = "rolecall keeps no state file: every plan reads the product. Run \"rolecall plan\"."
	adviceRemove    = "To remove an object, delete its block from a kind with mode = \"authoritative\", or write a removed block. \"rolecall plan\" shows what would be removed."
	adviceDirectory = "Name the directory at the end, as in \"rolecall plan access\"."
	advicePlan      = "\"rolecall plan\" shows what \"rolecall apply\" would do, and writes nothing."
	adviceApply     = "Run \"rolecall apply\": it shows the plan and asks before it writes."
	adviceApprove   = "\"rolecall apply --auto-approve\" applies without asking."
)

// commandAdvice says what to do instead of a command of another tool, or "".
func commandAdvice(word string) string {
	switch word {
	case "import":
		return "Nothing has to be imported: rolecall finds an existing object by its name. Write a block for it, and \"rolecall plan\" shows the difference."
	case "destroy", "delete", "remove", "rm", "down":
		return adviceRemove
	case "state", "refresh", "force-unlock":
		return adviceNoState
	case "taint", "untaint", "replace":
		return "rolecall updates objects in place and cannot be told to create one again. Run \"rolecall plan\"."
	case "output":
		return "rolecall has no outputs. For programs, \"rolecall plan --json\" prints everything as JSON."
	case "workspace", "env", "stack":
		return "Keep each account in a directory of its own, or in a provider block with an alias. Values that differ come from --var-file."
	case "console":
		return "rolecall has no console. \"rolecall validate\" evaluates the files, and \"rolecall help functions\" lists the functions."
	case "get", "providers", "metadata", "modules":
		return "Products are built into rolecall, so nothing has to be downloaded. \"rolecall schema\" lists them."
	case "login", "logout", "auth":
		return "The key comes from an environment variable, which \"rolecall schema PRODUCT\" names, such as PARTOO_API_KEY."
	case "graph":
		return "rolecall draws no graph. \"rolecall plan --json\" lists for each change what it needs."
	case "preview", "diff", "dry-run", "drift":
		return "\"rolecall plan\" shows what differs; with --detailed-exitcode it exits with 2 where something does."
	case "up", "deploy", "run", "sync", "create", "update":
		return adviceApply
	case "lint", "check", "test":
		return "\"rolecall validate\" checks the files, and \"rolecall fmt --check\" their format."
	case "format":
		return "Run \"rolecall fmt\"."
	case "rollback", "undo", "revert":
		return "Revert the change in the files (git revert), then run \"rolecall plan\" and \"rolecall apply\"."
	case "moved", "rename", "mv":
		return "To rename an object, write its old name into its block, as in previously = [\"old_name\"]. \"rolecall plan\" shows the rename."
	case "cloud", "push", "pull", "query", "stacks":
		return "rolecall works with the files of a directory and the product alone. " + advicePlan
	case "list", "ls", "users", "roles":
		return "\"rolecall plan\" lists what the files do not declare under \"Left alone\"; \"rolecall permissions\" lists what roles can grant."
	}
	return ""
}

// flagAdvice says what to do instead of a flag of another tool, or "". The name has no
// dashes.
func flagAdvice(name string) string {
	switch name {
	case "dry-run", "dryrun", "preview", "noop", "n":
		return advicePlan
	case "destroy":
		return adviceRemove
	case "refresh", "refresh-only", "state", "state-out", "backup", "backend", "backend-config", "reconfigure", "migrate-state":
		return adviceNoState
	case "upgrade", "get", "plugin-dir", "lockfile", "from-module", "get-plugins":
		return commandAdvice("providers")
	case "replace":
		return commandAdvice("replace")
	case "lock", "lock-timeout":
		return "\"rolecall apply\" locks the tenant by itself, and no flag changes that."
	case "input":
		return "rolecall asks only at a terminal. Set CI=1 so that it never asks."
	case "chdir", "C", "file", "f", "filename":
		return adviceDirectory
	case "yes", "y", "approve", "force":
		return adviceApprove
	case "o", "output":
		return "\"rolecall plan --out FILE\" saves the plan, and --json prints JSON."
	case "v":
		return "\"rolecall version\" shows the version; plan and apply take --verbose."
	case "write", "list":
		return "\"rolecall fmt --check\" writes nothing and lists the files; --diff shows the differences."
	case "import", "generate-config-out":
		return commandAdvice("import")
	case "exclude":
		return "Name what rolecall leaves alone in ignore, in the manage block of its kind."
	case "workers", "concurrency":
		return "\"rolecall apply --parallelism N\" sets how many changes are written at a time."
	case "compact-warnings":
		return "rolecall folds equal warnings by itself."
	}
	return ""
}

// unknownFlag says what to write instead of a flag that the command does not have.
// Written is the argument as it was typed, with its dashes and value.
func unknownFlag(c *cobra.Command, written string) error {
	dashes := written[:len(written)-len(strings.TrimLeft(written, "-"))]
	name, value, hasValue := strings.Cut(written[len(dashes):], "=")
	if hasValue {
		value = "=" + value
	}
	is := func(hint string) error { return advise(hint, "unknown flag %s%s", dashes, name) }
	if len(dashes) == 1 && len(name) > 1 && c.Flags().Lookup(name) != nil {
		return is(fmt.Sprintf("Long flags have two dashes. Write --%s%s.", name, value))
	}
	if hint := flagAdvice(name); hint != "" {
		return is(hint)
	}
	for _, other := range c.Root().Commands() {
		if other != c && !other.Hidden && len(name) > 1 && other.LocalFlags().Lookup(name) != nil {
			return is(fmt.Sprintf("--%s is a flag of %q. %s", name, other.CommandPath(), seeHelp(c)))
		}
	}
	if f := nearestFlag(c, name); f != "" {
		return is(fmt.Sprintf("Did you mean --%s? %s", f, seeHelp(c)))
	}
	return is(seeHelp(c))
}

// writtenFlag finds the argument in which the parser met unknown short flags: of
// "-help" it tells only "elp".
func writtenFlag(args []string, short string) string {
	for _, a := range args {
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, short) {
			return a
		}
	}
	return "-" + short
}
