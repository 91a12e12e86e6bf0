package cmd

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/plan/render/html"
)

// formatText is the format of plan and show for a terminal, and the default.
const formatText = "text"

// A planFormat is a format in which plan and show print plans.
type planFormat struct {
	name     string
	write    func(io.Writer, *plan.Document, render.Options) error
	commands bool // it writes commands of a CI system
}

// planFormats lists the formats of plan and show, the default first.
func planFormats() []planFormat {
	return []planFormat{
		{name: formatText, write: writeText},
		{name: "markdown", write: render.Markdown},
		{name: "html", write: writeHTML},
		{name: "annotations", write: render.Annotations, commands: true},
	}
}

// planFormatFlag declares the flag --format of plan and show.
func planFormatFlag(c *cobra.Command, to *string) {
	var names []string
	for _, f := range planFormats() {
		names = append(names, f.name)
	}
	formatFlag(c, to, names...)
}

// writeText writes a plan for a terminal. It writes nothing of a plan with errors: what the files
// mean is unknown, so the changes and "No changes" may be wrong.
func writeText(w io.Writer, d *plan.Document, o render.Options) error {
	if planErrors(d) > 0 {
		return nil
	}
	return render.Terminal(w, d, o)
}

// writeHTML writes a plan as a page for a browser, which shows all of it whatever the options.
func writeHTML(w io.Writer, d *plan.Document, _ render.Options) error { return html.Write(w, d) }

// writePlan prints a plan to standard output in a format of planFormats.
func writePlan(s *Streams, d *plan.Document, format string, verbose bool) error {
	o := render.Options{Width: s.Width, Color: s.Color, Verbose: verbose}
	for _, f := range planFormats() {
		switch {
		case f.name == format && f.commands:
			return f.write(s.commands, d, o)
		case f.name == format:
			return f.write(s.Out, d, o)
		}
	}
	return writeText(s.Out, d, o)
}
