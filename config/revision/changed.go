package revision

import (
	"bytes"
	"fmt"
	"strings"
)

// Top is the working tree of the repository: absolute, without links.
func (c *Commit) Top() string { return c.top }

// Changed lists the files that differ between the commit and the working tree: those that git tracks,
// and others that it does not ignore. The paths have slashes and are relative to Top; that of a
// submodule or of another repository is its directory. As git status does, git may run a filter that the
// repository's settings name, for files whose time alone differs.
func (c *Commit) Changed() ([]string, error) {
	var out []string
	for _, args := range [][]string{
		{"diff", "--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", c.ID, "--"},
		{"ls-files", "--others", "--exclude-standard", "-z"},
	} {
		var listed bytes.Buffer
		if err := c.git(c.ctx, c.top, nil, &listed, append(safe(), args...)...); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoObject, err)
		}
		for name := range strings.SplitSeq(listed.String(), "\x00") {
			if name != "" {
				out = append(out, strings.TrimSuffix(name, "/"))
			}
		}
	}
	return out, nil
}
