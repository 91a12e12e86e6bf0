package revision

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// A Runner runs git with arguments in a directory, until git has ended. The caller closes in then. What git writes to its
// standard error is in the error if git fails. It is ErrNoGit if there is no git.
type Runner func(ctx context.Context, dir string, in io.Reader, out io.Writer, args ...string) error

// Git returns a Runner of the git on PATH, with what Environ keeps of the environment.
func Git(environ []string) Runner { return runner(Environ(environ)) }

// runner returns a Runner with exactly the environment.
func runner(environ []string) Runner {
	return func(ctx context.Context, dir string, in io.Reader, out io.Writer, args ...string) error {
		var said bytes.Buffer
		c := exec.CommandContext(ctx, "git", args...)
		c.Dir, c.Env, c.Stdout, c.Stderr = dir, environ, out, &said
		err := start(c, in)
		if err == nil {
			err = c.Wait()
		}
		var exit *exec.ExitError
		switch {
		case errors.Is(err, exec.ErrNotFound):
			return ErrNoGit
		case errors.As(err, &exit):
			first, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
			return fmt.Errorf("git: %s", cmp.Or(strings.TrimPrefix(first, "fatal: "), err.Error()))
		}
		return err
	}
}

// start starts a command with input. Waiting for the command does not wait for input that nobody
// reads any more, as Cmd.Stdin would.
func start(c *exec.Cmd, in io.Reader) error {
	if in == nil {
		return c.Start()
	}
	to, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(to, in) // fails if git has ended, which Wait reports
		_ = to.Close()
	}()
	return nil
}

// safe are options before each command. git then starts no program that the repository's settings
// name, and asks no server for objects that a partial clone lacks. See also Environ.
func safe() []string {
	return []string{
		"--no-pager", "--no-optional-locks", "--literal-pathspecs",
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
	}
}

// Environ returns the environment for git: what git itself reads of the given one, and no key of a
// product, with settings that keep git from asking and from fetching.
func Environ(environ []string) []string {
	return append(kept(environ), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none")
}

// kept returns what git reads of an environment, and the variables with further names.
func kept(environ []string, also ...string) []string {
	var out []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		switch upper := strings.ToUpper(name); {
		case strings.HasPrefix(upper, "GIT_"), upper == "PATH", upper == "HOME", upper == "XDG_CONFIG_HOME", upper == "TMPDIR",
			upper == "USERPROFILE", upper == "HOMEDRIVE", upper == "HOMEPATH", upper == "SYSTEMROOT", upper == "TEMP", upper == "TMP",
			slices.Contains(also, upper):
			out = append(out, pair)
		}
	}
	return out
}
