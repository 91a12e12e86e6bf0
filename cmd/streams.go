package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Streams are the standard streams and what is known about the terminals behind them.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	InTerminal  bool // a person can answer questions
	OutTerminal bool
	ErrTerminal bool // progress is shown
	Width       int  // columns for wrapped text
	Color       bool // Out may be colored
	ErrColor    bool // Err may be colored

	content  io.Writer // Out for the text of a file, which is written as it is
	commands io.Writer // Out for commands of a CI system, which Out escapes; without keys
	screen   io.Writer // Err for a progress bar, which moves the cursor
}

// configure decides about color and interaction from the environment. NO_COLOR and
// TERM=dumb turn color off, FORCE_COLOR turns it on without a terminal, and CI turns
// off prompts and progress.
func (s *Streams) configure(e Environment) {
	plain := e.env("NO_COLOR") != "" || e.env("TERM") == "dumb"
	force := e.env("FORCE_COLOR") != "" && e.env("FORCE_COLOR") != "0"
	s.Color = !plain && (force || s.OutTerminal)
	s.ErrColor = !plain && (force || s.ErrTerminal)
	if ci := e.env("CI"); ci != "" && ci != "false" && ci != "0" {
		s.InTerminal, s.ErrTerminal = false, false
	}
}

// report prints the error that a command ended with: what is wrong, and below it
// what to try.
func (s *Streams) report(err error) {
	if err == nil {
		return
	}
	if e, ok := err.(*ending); ok && e.err == nil {
		return
	}
	message := strings.ReplaceAll(text.Error(err), "\n", "\n  ")
	fmt.Fprintf(s.Err, "%s %s\n", text.Style(s.ErrColor).Error("Error:"), message)
	if h := hint(err); h != "" {
		fmt.Fprintln(s.Err, text.Indent(text.CleanLines(h), "  ", s.Width))
	}
}

// widestHelp keeps lines of help readable in a wide terminal.
const widestHelp = 100

// helpWidth is the width of texts that people read as a page.
func (s *Streams) helpWidth() int { return min(s.Width, widestHelp) }

// printJSON writes a value for programs: indented, with a newline at the end.
func (s *Streams) printJSON(v any) error {
	b, err := indentedJSON(v)
	if err != nil {
		return err
	}
	_, err = s.Out.Write(text.JSON(b))
	return err
}

func indentedJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// printDiagnostics writes diagnostics with their snippets to the error stream, so that
// neither a pipe nor --json hides them.
func (s *Streams) printDiagnostics(r config.Reader, diags hcl.Diagnostics) error {
	if len(diags) == 0 {
		return nil
	}
	return r.WriteDiagnostics(s.Err, diags, s.Width, s.ErrColor)
}

// ask prints a question for a person at a terminal and returns the answer: a line
// without the space around it. The error is that of ctx, if the person interrupted
// instead of answering, or io.EOF if the input has ended.
func (s *Streams) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(s.Err, question)
	type reply struct {
		line string
		err  error
	}
	answer := make(chan reply, 1)
	go func() {
		line, err := readLine(s.In)
		answer <- reply{line, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(s.Err)
		return "", ctx.Err()
	case r := <-answer:
		if r.err != nil {
			fmt.Fprintln(s.Err)
		}
		return strings.TrimSpace(r.line), r.err
	}
}

// readLine reads up to the end of a line, and leaves the rest for the next question.
// A line that is too long is "".
func readLine(in io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < 1024; {
		n, err := in.Read(b)
		if n > 0 && b[0] != '\n' {
			line = append(line, b[0])
		}
		switch {
		case n > 0 && b[0] == '\n', err == io.EOF && len(line) > 0:
			return string(line), nil
		case err != nil:
			return "", err
		}
	}
	return "", nil
}

// A checked writer remembers the first error, so that output that could not be written
// (for example to a full disk) is reported once, at the end.
type checked struct {
	io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}
