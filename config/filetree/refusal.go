package filetree

import (
	"errors"
	"fmt"
	"io/fs"
)

// A Refusal is why a Tree does not read a file that may exist. It completes the sentence
// "<name> <why>".
type Refusal struct{ Why string }

func (r *Refusal) Error() string { return r.Why }

// Advice says what to do about a Refusal in a configuration, or nothing.
func (r *Refusal) Advice() string {
	if r == ErrOutside || r == errLeadsOut {
		return "; move the file, or name a directory that holds both with --root on the command line"
	}
	return ""
}

// The refusals of a Tree; besides these, a file that holds a key is refused.
var (
	ErrOutside      = &Refusal{"is outside of the directory that may be read"}
	errLeadsOut     = &Refusal{"leads through a link out of the directory that may be read"}
	errPrivate      = &Refusal{"is hidden: a configuration may not read files and directories whose names begin with a dot, such as .git and .env"}
	ErrIsDirectory  = &Refusal{"is a directory"}
	ErrNotRegular   = &Refusal{"is not a regular file but a device, a pipe, a socket or a file of the kernel"}
	ErrTooManyLinks = &Refusal{"leads through too many links"}
	errAround       = &Refusal{"is a link to a directory that holds the link itself; name that directory instead, or give it with --root"}
	ErrDangling     = &Refusal{"is a link to a file that does not exist"}
)

// Explain makes a sentence of an error of a Tree; name is the path as it is written.
func Explain(name string, err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return fmt.Errorf("%q %s%s", name, r.Why, r.Advice())
	}
	return fmt.Errorf("cannot read %q: %s", name, Cause(err))
}

// Cause gives the reason of a file system error without the operation and path.
func Cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "it does not exist"
	}
	return fmt.Sprint(err)
}
