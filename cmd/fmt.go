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
	var tidy tidyFlags
	c := &cobra.Command{
		Use:   "fmt [DIR | FILE]...",
		Short: "Format files",
		Long: "Formats the *.hcl files of each DIR (default: the current directory) and each FILE, and prints the names of the files that changed. " +
			"Comments and order are kept. With -, fmt formats standard input and prints the result. " +
			"Files with syntax errors are not changed.\n\n" +
			"With --tidy, fmt does not format. It compares the configuration in DIR with its files at the commit of --since, and " +
			"writes a removed block for each object that the files declared and no longer do, so that the next plan removes it on purpose. " +
			"It writes none for objects that may be renamed, in protect or in ignore, nor if objects of the kind would stay or are removed anyway because the kind is authoritative. " +
			"It also takes out the removed blocks and the entries of previously that were there at that commit, if the product shows that they have done their work. " +
			"For that it reads from the product, with the key in the environment; without a key they stay. It prints what it left as it is, and why.",
		Example: "  rolecall fmt\n  rolecall fmt --recursive examples\n" +
			"  rolecall fmt --check      # exit with code 1 if a file is not formatted, for CI\n" +
			"  rolecall fmt --diff       # show what would change and write nothing\n" +
			"  rolecall fmt --tidy --since origin/main --diff access\n" +
			"  rolecall fmt --tidy --since origin/main access",
		GroupID:           groupFiles,
		ValidArgsFunction: completeFiles("hcl"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := tidy.check(c, args, &o); err != nil {
				return err
			}
			if tidy.tidy {
				return runTidy(c.Context(), f, args, &o, &tidy)
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			return runFormat(&f.Streams, f.Environ, args, &o)
		},
	}
	c.Flags().BoolVar(&o.check, "check", false, "write nothing; exit with code 1 if a file is not formatted")
	c.Flags().BoolVar(&o.diff, "diff", false, "write nothing; show the differences")
	c.Flags().BoolVarP(&o.recursive, "recursive", "r", false, "also format the directories below DIR")
	jsonFlag(c, &o.json)
	tidy.register(c)
	return c
}

// A formatter formats files and counts them.
type formatter struct {
	*Streams
	*formatOptions
	reader  config.Reader
	files   int
	changed []string
	diags   hcl.Diagnostics
}

// formatJSON is what fmt --json prints; docs/json.md describes it.
type formatJSON struct {
	FormatVersion int              `json:"format_version"`
	Files         int              `json:"files"`   // that were read
	Changed       []string         `json:"changed"` // or that would change
	Diagnostics   []diagnosticJSON `json:"diagnostics"`
}

func runFormat(s *Streams, e Environment, args []string, o *formatOptions) error {
	f := &formatter{Streams: s, formatOptions: o, reader: config.Reader{Environ: e}, changed: []string{}}
	for _, arg := range args {
		if err := f.argument(arg); err != nil {
			return err
		}
	}
	if o.json {
		if err := f.printJSON(formatJSON{2, f.files, f.changed, diagnosticsJSON(f.diags)}); err != nil {
			return err
		}
	} else if err := f.printDiagnostics(f.reader, f.diags); err != nil {
		return err
	}
	if len(f.diags) > 0 {
		return exitWith(exitError)
	}
	if f.files == 0 {
		hint := "Name the directory that holds your configuration."
		if !o.recursive {
			hint = "Name the directory that holds your configuration, or also format the directories below with --recursive."
		}
		where := ""
		if !slices.Equal(args, []string{"."}) {
			where = " in " + text.And(args)
		}
		return advise(hint, "there are no .hcl files to format%s", where)
	}
	if o.check && len(f.changed) > 0 {
		if !o.json {
			fmt.Fprintf(f.Err, "Not formatted: %s of %d.", text.Count(len(f.changed), "file", "files"), f.files)
			if !slices.Contains(args, "-") {
				fmt.Fprintf(f.Err, " To format them, run: %s", o.command(args))
			}
			fmt.Fprintln(f.Err)
		}
		return exitWith(exitError)
	}
	return nil
}

// command is the command that formats what was checked.
func (o *formatOptions) command(args []string) string {
	if o.recursive {
		return commandLine("fmt --recursive", args...)
	}
	return commandLine("fmt", args...)
}

func (f *formatter) argument(arg string) error {
	if arg == "-" {
		src, err := io.ReadAll(f.In)
		if err != nil {
			return fmt.Errorf("cannot read standard input: %w", err)
		}
		return f.format("<stdin>", src, func(out []byte) error {
			if f.OutTerminal { // for a person to read
				out = []byte(text.CleanLines(string(out)))
			}
			_, err := f.content.Write(out)
			return err
		})
	}
	info, err := os.Stat(arg)
	if errors.Is(err, fs.ErrNotExist) {
		return advise("Name a directory, a file that ends in .hcl, or - for standard input.", "there is no file or directory %q", arg)
	}
	if err != nil {
		return err
	}
	f.reader.Root = "."
	if info.IsDir() {
		f.reader.Root = arg
		return f.directory(arg)
	}
	if !strings.HasSuffix(arg, ".hcl") {
		return advise("Format JSON files (.hcl.json) with a JSON tool.", "%q does not end in .hcl", arg)
	}
	return f.file(arg)
}

// directory formats the files of a directory in name order. Hidden directories,
// such as .rolecall and .git, are never entered.
func (f *formatter) directory(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		p := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if f.recursive {
				if err := f.directory(p); err != nil {
					return err
				}
			}
		case strings.HasSuffix(e.Name(), ".hcl"):
			if err := f.file(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *formatter) file(name string) error {
	src, target, err := f.reader.ReadFile(name)
	if err != nil {
		return err
	}
	return f.format(name, src, func(out []byte) error {
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

// format formats one text and writes it, unless it is only checked.
func (f *formatter) format(name string, src []byte, write func([]byte) error) error {
	f.files++
	out, diags := config.Format(src, name)
	if diags.HasErrors() {
		f.diags = append(f.diags, diags...)
		return nil
	}
	same := bytes.Equal(src, out)
	if !same {
		f.changed = append(f.changed, filepath.ToSlash(name))
	}
	switch {
	case f.diff:
		if !same && !f.json {
			return f.writeDiff(name, src, out)
		}
	case f.check:
		if !same && !f.json {
			fmt.Fprintln(f.Out, text.Clean(name))
		}
	default:
		if err := write(out); err != nil {
			return err
		}
		if !same && !f.json && name != "<stdin>" {
			fmt.Fprintln(f.Out, text.Clean(name))
		}
	}
	return nil
}

func (f *formatter) writeDiff(name string, src, out []byte) error {
	name = filepath.ToSlash(name)
	changes := diff.Diff("a/"+text.Clean(name), src, "b/"+text.Clean(name), out)
	_, changes, _ = bytes.Cut(changes, []byte("\n")) // the diff command, which no tool needs
	p := text.Style(f.Color)
	for line := range strings.Lines(string(changes)) {
		body := text.CleanLines(strings.TrimSuffix(line, "\n"))
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			body = p.Bold(body)
		case strings.HasPrefix(line, "@@"):
			body = p.Cyan(body)
		case strings.HasPrefix(line, "+"):
			body = p.Green(body)
		case strings.HasPrefix(line, "-"):
			body = p.Red(body)
		}
		if _, err := fmt.Fprintln(f.Out, body); err != nil {
			return err
		}
	}
	return nil
}
