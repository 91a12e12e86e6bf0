package cmd

import (
	"slices"
	"strings"
)

// otherTools says what to write instead of commands and flags of Terraform, kubectl and
// Pulumi. Flags have no dashes.
func otherTools() []struct{ commands, flags, advice string } {
	return []struct{ commands, flags, advice string }{
		{"query", "import generate-config-out", `"rolecall import" writes files for what exists. An object for which you write a block yourself is found by its name.`},
		{"destroy delete remove rm down", "destroy", `To remove an object, delete its block from a kind with mode = "authoritative", or write a removed block. "rolecall plan" shows what would be removed.`},
		{"state refresh force-unlock", "refresh refresh-only state state-out backup backend backend-config reconfigure migrate-state",
			`rolecall keeps no state file: every plan reads the product. Run "rolecall plan".`},
		{"taint untaint replace", "replace", `rolecall updates objects in place and cannot recreate one on request. Run "rolecall plan".`},
		{"output", "", `rolecall has no outputs. For programs, "rolecall plan --json" prints everything as JSON.`},
		{"workspace env stack", "", "Keep each account in its own directory, or in a provider block with an alias. Set values that differ with --var-file."},
		{"console", "", `rolecall has no console. "rolecall validate" evaluates the files, and "rolecall help functions" lists the functions.`},
		{"get providers metadata modules", "upgrade get plugin-dir lockfile from-module get-plugins", `Products are built into rolecall, so there is nothing to download. "rolecall schema" lists them.`},
		{"login logout auth", "", `The key comes from an environment variable, such as PARTOO_API_KEY. "rolecall schema PRODUCT" names it.`},
		{"graph", "", `rolecall draws no graph. "rolecall plan --json" lists what each change depends on.`},
		{"preview diff dry-run drift", "", `"rolecall plan" shows the differences; with --detailed-exitcode it exits with code 2 if there are any.`},
		{"up deploy run sync create update", "", `Run "rolecall apply": it shows the plan and asks for approval before it writes.`},
		{"check test", "", `"rolecall validate" checks the files, and "rolecall fmt --check" their format.`},
		{"format", "", `Run "rolecall fmt".`},
		{"rollback undo revert", "", `Revert the change in the files (git revert), then run "rolecall plan" and "rolecall apply".`},
		{"moved rename mv", "", `To rename an object, write its old name into its block, as in previously = ["old_name"]. "rolecall plan" shows the rename.`},
		{"cloud push pull query stacks", "", `rolecall works only with the files of a directory and the product. "rolecall plan" shows what "rolecall apply" would do.`},
		{"list ls users roles", "", `"rolecall plan" lists objects that the files do not declare under "Left alone"; "rolecall permissions" lists what roles can grant.`},

		{"", "dry-run dryrun preview noop n", `"rolecall plan" shows what "rolecall apply" would do, and writes nothing.`},
		{"", "lock lock-timeout", `"rolecall apply" always locks the tenant; no flag changes that.`},
		{"", "input", "rolecall asks only at a terminal. Set CI=1 so that it never asks."},
		{"", "chdir C file f filename", `Name the directory at the end, as in "rolecall plan access".`},
		{"", "yes y approve force", `"rolecall apply --auto-approve" applies without asking for approval.`},
		{"", "o output", `"rolecall plan --out FILE" saves the plan, and --json prints JSON.`},
		{"", "v", `"rolecall version" shows the version; plan and apply have --verbose.`},
		{"", "write list", `"rolecall fmt --check" writes nothing and lists the files; --diff shows the differences.`},
		{"", "exclude", "To leave objects alone, list them in ignore, in the manage block of their kind."},
		{"", "workers concurrency", `"rolecall apply --parallelism N" limits how many changes are written at a time.`},
		{"", "compact-warnings", "rolecall always summarizes equal warnings."},
	}
}

// otherCommand says what to write instead of a command of another tool, or returns "".
func otherCommand(name string) string {
	for _, t := range otherTools() {
		if slices.Contains(strings.Fields(t.commands), name) {
			return t.advice
		}
	}
	return ""
}

// otherFlag says what to write instead of a flag of another tool, or returns "".
func otherFlag(name string) string {
	for _, t := range otherTools() {
		if slices.Contains(strings.Fields(t.flags), name) {
			return t.advice
		}
	}
	return ""
}
