package cmd

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Environment holds environment variables as os.Environ returns them.
type Environment []string

// env returns the value of a variable, or "". As in a shell, the last entry wins.
func (e Environment) env(name string) string {
	for _, entry := range slices.Backward(e) {
		if k, v, _ := strings.Cut(entry, "="); k == name {
			return v
		}
	}
	return ""
}

const stateHint = "Set XDG_STATE_HOME to the absolute path of a folder that this user can write. " +
	"Use the same folder for every run on this machine, because runs find each other's locks there."

// stateDir is the folder of this user for what rolecall stores on this machine outside
// of configurations.
func (e Environment) stateDir() (string, error) {
	if dir := e.env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "rolecall"), nil
	}
	base, below := e.env("HOME"), filepath.Join(".local", "state")
	switch runtime.GOOS {
	case "windows":
		base, below = e.env("LOCALAPPDATA"), ""
	case "darwin":
		below = filepath.Join("Library", "Application Support")
	}
	if !filepath.IsAbs(base) {
		return "", advise("Nothing was changed. "+stateHint, "there is no folder for the lock that prevents a second apply")
	}
	return filepath.Join(base, below, "rolecall"), nil
}

// A variable is an environment variable that the program reads.
type variable struct{ name, meaning string }

// variables lists every environment variable that rolecall, or the standard library on its
// behalf, reads. A test compares the list with the code.
func variables(products Products) []variable {
	var out []variable
	for _, p := range products {
		d := &p.Provider.Product
		out = append(out,
			variable{d.KeyEnv, "key of " + d.Title},
			variable{d.KeyEnv + "_FILE", "path of a file that contains the key of " + d.Title + " and nothing else"})
		if d.UserEnv != "" {
			out = append(out, variable{d.UserEnv, "address of the user as whom to sign in to " + d.Title},
				variable{d.PasswordEnv, "password of that user; without it, the key is used"})
		}
		if d.HostEnv != "" {
			out = append(out, variable{d.HostEnv, "host of your tenant of " + d.Title + ", to which the key may be sent"})
		}
	}
	return append(out,
		variable{allowHostsEnv, "additional hosts to which a key may be sent, separated by commas"},
		variable{notifyEnv, "URLs to which drift sends its result, separated by spaces"},
		variable{"ROLECALL_VAR_name", "value of the variable \"name\" in the configuration"},
		variable{journalKeyEnv, "secret keys for rolecall ci journal, one a line"},
		variable{"GITHUB_TOKEN", "token of GitHub, for rolecall ci; GITLAB_TOKEN: token of GitLab"},
		variable{"GITHUB_API_URL", "address of the API of GitHub; CI_API_V4_URL: that of GitLab"},
		variable{"GITHUB_ACTIONS", "\"true\" in GitHub Actions; GITLAB_CI: in GitLab CI"},
		variable{"GITHUB_REPOSITORY", "where rolecall ci posts, with GITHUB_EVENT_PATH; its log: GITHUB_SERVER_URL, GITHUB_RUN_ID; its file: GITHUB_WORKFLOW_REF"},
		variable{"CI_PROJECT_ID", "the same on GitLab, with CI_MERGE_REQUEST_PROJECT_ID, CI_MERGE_REQUEST_IID, CI_COMMIT_SHA, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA; its log: CI_JOB_URL"},
		variable{"GITHUB_REF_NAME", "branch for which the pipeline runs, with GITHUB_RUN_ATTEMPT; CI_COMMIT_BRANCH: the same on GitLab"},
		variable{"GITHUB_ACTOR", "who applies, for the journal; GITLAB_USER_LOGIN: the same on GitLab"},
		variable{"GITHUB_SHA", "commit of the configuration, for rolecall ci digest, and for the journal if git does not answer"},
		variable{jobIndexEnv, "number of the shard for --shard /N; Kubernetes sets it in the pods of an Indexed Job"},
		variable{"KUBERNETES_SERVICE_HOST", "API server for --lock k8s-lease://, with KUBERNETES_SERVICE_PORT; Kubernetes sets both in pods"},
		variable{traceEnv, "W3C trace context, for the results of a fleet"},
		variable{"NO_COLOR", "disable colored output"},
		variable{"FORCE_COLOR", "enable colored output, even if the output is not a terminal"},
		variable{"TERM", "\"dumb\" disables colored output"},
		variable{"CI", "non-interactive: no prompts, no progress bar"},
		variable{"HTTPS_PROXY", "proxy for requests to a product; also https_proxy"},
		variable{"NO_PROXY", "hosts that are reached without the proxy, separated by commas; also no_proxy"},
		variable{"SSL_CERT_FILE", "certificates to trust, on Unix systems except macOS; also SSL_CERT_DIR"},
		variable{"XDG_STATE_HOME", "folder for locks; default: below HOME, or LOCALAPPDATA on Windows"},
		variable{"GOGC", "garbage collection target of the Go runtime, in percent; default 150"},
	)
}

// environmentHelp is the help topic about the variables.
func environmentHelp(products Products) string {
	var b strings.Builder
	b.WriteString("rolecall reads these environment variables:\n\n")
	all, longest := variables(products), 0
	for _, v := range all {
		longest = max(longest, len(v.name))
	}
	for _, v := range all {
		fmt.Fprintf(&b, "  %-*s  %s\n", longest, v.name, v.meaning)
	}
	key := products[0].Provider.KeyEnv
	fmt.Fprintf(&b, "\nThe variables of a product apply to all its provider blocks. A block with an alias can have its own: "+
		"%s is the key of the block with alias = \"sandbox\". No configuration file holds a key.", schema.EnvNames(key, "sandbox")[0])
	return b.String()
}
