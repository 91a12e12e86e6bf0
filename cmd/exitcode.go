package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider"
)

// The exit codes. Scripts and CI depend on them: they are never renumbered.
const (
	exitDone        = 0 // success, or nothing to do
	exitError       = 1 // an error; anything that was changed was reported
	exitChanges     = 2 // changes are pending (plan --detailed-exitcode), live differs from the files (drift), something expires (expiring), or lint finds something
	exitPartial     = 3 // applied in part
	exitCredentials = 4 // a key or token is missing, wrong, or has too few rights
	exitRefused     = 5 // a limit, an assertion or another digest refused the plan
)

// exitCodes lists what the codes mean, for the help and the reference.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitDone, "success, or nothing to do"},
	{exitError, "an error; the message says what is wrong"},
	{exitChanges, "changes are pending (plan --detailed-exitcode), something differs (drift), something expires soon (expiring), or lint finds something"},
	{exitPartial, "partly applied; the report says what was skipped and why"},
	{exitCredentials, "a key or token is missing, wrong, or has too few rights"},
	{exitRefused, "refused before anything was written, by a limit, a check or --assert, or because the plan has another digest"},
}

// An ending ends a command with a code. Without err the command has reported
// everything already and nothing more is printed.
type ending struct {
	code int
	err  error
}

// exitWith ends a command that has already reported everything.
func exitWith(code int) error { return &ending{code: code} }

// withCode ends a command with a code and the error's message.
func withCode(code int, err error) error { return &ending{code, err} }

func (e *ending) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *ending) Unwrap() error { return e.err }

// exitCode returns the code that an error from a command ends the program with.
func exitCode(err error) int {
	var e *ending
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	case errors.Is(err, provider.ErrCredentials):
		return exitCredentials
	}
	return exitError
}

// An advice is an error with a hint.
type advice struct {
	err  error
	hint string
}

// advise adds a hint, one or more full sentences, to an error.
func advise(hint, format string, args ...any) error {
	return &advice{fmt.Errorf(format, args...), hint}
}

func (a *advice) Error() string { return a.err.Error() }
func (a *advice) Unwrap() error { return a.err }

// hint returns the hint of an error, or "".
func hint(err error) string {
	var a *advice
	if errors.As(err, &a) {
		return a.hint
	}
	if h := provider.Hint(err); h != "" {
		return h
	}
	if errors.Is(err, context.Canceled) {
		return "The command was interrupted. Run it again to continue where it stopped."
	}
	return ""
}
