package cmd

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release is the version of this source, which is compared with required_version of a
// configuration.
const release = "0.1.0"

// A Version says which build of rolecall runs.
type Version struct {
	Release  string `json:"version"`
	Commit   string `json:"commit,omitempty"`   // empty if the build does not contain it
	Date     string `json:"date,omitempty"`     // of the commit
	Modified bool   `json:"modified,omitempty"` // built from files that differ from the commit
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// builtVersion reads what the Go tool wrote into the program.
func builtVersion() Version {
	v := Version{Release: release, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date, _, _ = strings.Cut(s.Value, "T")
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// String gives the one line that version prints.
func (v Version) String() string {
	var b strings.Builder
	b.WriteString("rolecall " + v.Release)
	if v.Commit != "" {
		fmt.Fprintf(&b, " (commit %.12s of %s", v.Commit, v.Date)
		if v.Modified {
			b.WriteString(", modified")
		}
		b.WriteString(")")
	}
	return b.String() + ", " + v.Go + " " + v.Platform
}

func newVersionCommand(s *Streams, v Version) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Show the version",
		GroupID: groupMore,
		Args:    none,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return s.printJSON(v)
			}
			_, err := fmt.Fprintln(s.Out, v)
			return err
		},
	}
	jsonFlag(c, &asJSON)
	return c
}
