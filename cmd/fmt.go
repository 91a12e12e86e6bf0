package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/natefinch/atomic"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type formatOptions struct {
	check, diff, recursive, json bool
}

func newFormatCommand(f *Factory) *cobra.Command {
	var o formatOptions
	c := &cobra.Command{
		Use:   "fmt [DIR | FILE]...",
		Short: "Format files",
		Long: "Formats the *.hcl files of each DIR (default: the current directory), and each FILE, and prints the names of those that changed. " +
			"Comments and order are kept. With -, it formats standard input to standard output. " +
			"A file with a syntax error is not changed.",
		Example: "  rolecall fmt\n  rolecall fmt --recursive examples\n" +
			"  rolecall fmt --check      # exit with code 1 if a file is not formatted, for CI\n" +
			"  rolecall fmt --diff       # show what would change and write nothing",
		GroupID: groupFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return f.format(args, &o)
		},
	}
	c.Flags().BoolVar(&o.check, "check", false, "write nothing; exit with code 1 if a file is not formatted")
	c.Flags().BoolVar(&o.diff, "diff", false, "write nothing; show the differences")
	c.Flags().BoolVarP(&o.recursive, "recursive", "r", false, "also format the directories below DIR")
	jsonFlag(c, &o.json)
	return c
}

// A formatRun is one call of fmt.
type formatRun struct {
	*Factory
	*formatOptions
	files   int
	changed []string
	diags   hcl.Diagnostics
}

// formatJSON is what fmt --json prints; docs/json.md describes it.
type formatJSON struct {
	FormatVersion int              `json:"format_version"`
	Files         int              `json:"files"`   // that were looked at
	Changed       []string         `json:"changed"` // or that would change
	Diagnostics   []diagnosticJSON `json:"diagnostics"`
}

func (f *Factory) format(args []string, o *formatOptions) error {
	r := &formatRun{Factory: f, formatOptions: o, changed: []string{}}
	for _, arg := range args {
		if err := r.argument(arg); err != nil {
			return err
		}
	}
	if o.json {
		if err := f.printJSON(formatJSON{1, r.files, r.changed, diagnosticsJSON(r.diags)}); err != nil {
			return err
		}
	} else if err := f.printDiagnostics(r.diags); err != nil {
		return err
	}
	if len(r.diags) > 0 {
		return exitWith(exitError)
	}
	if r.files == 0 {
		hint := "Name the directory that holds your configuration."
		if !o.recursive {
			hint = "Name the directory that holds your configuration, or format the directories below as well with --recursive."
		}
		where := ""
		if !slices.Equal(args, []string{"."}) {
			where = " in " + text.And(args)
		}
		return advise(hint, "there are no .hcl files to format%s", where)
	}
	if o.check && len(r.changed) > 0 {
		if !o.json {
			fmt.Fprintf(f.Err, "Not formatted: %s of %d.", text.Count(len(r.changed), "file", "files"), r.files)
			if !slices.Contains(args, "-") {
				fmt.Fprintf(f.Err, " To format them, run: %s", o.rewriting(args))
			}
			fmt.Fprintln(f.Err)
		}
		return exitWith(exitError)
	}
	return nil
}

// rewriting is the command that formats what was checked.
func (o *formatOptions) rewriting(args []string) string {
	if o.recursive {
		return commandLine("fmt --recursive", args...)
	}
	return commandLine("fmt", args...)
}

func (r *formatRun) argument(arg string) error {
	if arg == "-" {
		src, err := io.ReadAll(r.In)
		if err != nil {
			return fmt.Errorf("cannot read standard input: %w", err)
		}
		return r.one("<stdin>", src, func(out []byte) error {
			if r.OutTerminal { // for a person to read
				out = []byte(text.CleanLines(string(out)))
			}
			_, err := r.content.Write(out)
			return err
		})
	}
	info, err := os.Stat(arg)
	if errors.Is(err, fs.ErrNotExist) {
		return advise("Give a directory, a file that ends in .hcl, or - for standard input.", "no file or directory %q", arg)
	}
	if err != nil {
		return err
	}
	r.root = "."
	if info.IsDir() {
		r.root = arg
		return r.directory(arg)
	}
	if !strings.HasSuffix(arg, ".hcl") {
		return advise("Format JSON files (.hcl.json) with a JSON tool.", "%q does not end in .hcl", arg)
	}
	return r.file(arg)
}

// directory formats the files of a directory in name order. Hidden directories,
// such as .rolecall and .git, are never entered.
func (r *formatRun) directory(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		p := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if r.recursive {
				if err := r.directory(p); err != nil {
					return err
				}
			}
		case strings.HasSuffix(e.Name(), ".hcl"):
			if err := r.file(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *formatRun) file(name string) error {
	src, target, err := r.reader().ReadFile(name)
	if err != nil {
		return err
	}
	return r.one(name, src, func(out []byte) error {
		if bytes.Equal(src, out) {
			return nil
		}
		// The link stays, its target changes.
		if err := atomic.WriteFile(target, bytes.NewReader(out)); err != nil {
			return fmt.Errorf("cannot write %s: %w", name, err)
		}
		return nil
	})
}

// one formats one text and, unless it is only looked at, writes it.
func (r *formatRun) one(name string, src []byte, write func([]byte) error) error {
	r.files++
	out, diags := config.Format(src, name)
	if diags.HasErrors() {
		r.diags = append(r.diags, diags...)
		return nil
	}
	same := bytes.Equal(src, out)
	if !same {
		r.changed = append(r.changed, filepath.ToSlash(name))
	}
	switch {
	case r.diff:
		if !same && !r.json {
			return r.writeDiff(name, src, out)
		}
	case r.check:
		if !same && !r.json {
			fmt.Fprintln(r.Out, text.Clean(name))
		}
	default:
		if err := write(out); err != nil {
			return err
		}
		if !same && !r.json && name != "<stdin>" {
			fmt.Fprintln(r.Out, text.Clean(name))
		}
	}
	return nil
}

func (r *formatRun) writeDiff(name string, src, out []byte) error {
	name = filepath.ToSlash(name)
	changes := diff.Diff("a/"+text.Clean(name), src, "b/"+text.Clean(name), out)
	_, changes, _ = bytes.Cut(changes, []byte("\n")) // the command line that no tool needs
	p := paint(r.Colour)
	for line := range strings.Lines(string(changes)) {
		body := text.CleanLines(strings.TrimSuffix(line, "\n"))
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			body = p.bold(body)
		case strings.HasPrefix(line, "@@"):
			body = p.name(body)
		case strings.HasPrefix(line, "+"):
			body = p.good(body)
		case strings.HasPrefix(line, "-"):
			body = p.gone(body)
		}
		if _, err := fmt.Fprintln(r.Out, body); err != nil {
			return err
		}
	}
	return nil
}
