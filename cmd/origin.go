package cmd

import (
	"cmp"
	"context"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// gitTime is how long git may take to answer; an apply does not wait longer for it.
const gitTime = 5 * time.Second

// origin returns who runs the program and the commit of the configuration in a directory, for the
// journal. Each is "" if neither the pipeline nor git knows it.
func (e Environment) origin(ctx context.Context, dir string) (actor, commit string) {
	actor = cmp.Or(e.env("GITHUB_ACTOR"), e.env("GITLAB_USER_LOGIN"))
	if actor == "" {
		actor = e.git(ctx, dir, "config", "user.email")
	}
	commit = e.git(ctx, dir, "rev-parse", "--verify", "--quiet", "HEAD")
	if !commitHash.MatchString(commit) {
		commit = cmp.Or(e.env("GITHUB_SHA"), e.env("CI_COMMIT_SHA"))
	}
	return actor, commit
}

// git returns what git prints in a directory, or "" if it fails.
func (e Environment) git(ctx context.Context, dir string, args ...string) string {
	ctx, cancel := context.WithTimeout(ctx, gitTime)
	defer cancel()
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir, c.Env = dir, e.forGit()
	out, err := c.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// forGit returns the variables that git needs to find itself and its settings, and no keys.
func (e Environment) forGit() Environment {
	needed := []string{"PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "SYSTEMROOT"}
	return slices.DeleteFunc(slices.Clone(e), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		name = strings.ToUpper(name) // Windows does not distinguish the case
		return !strings.HasPrefix(name, "GIT_") && !slices.Contains(needed, name)
	})
}
