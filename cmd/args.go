package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// none is for commands without arguments.
func none(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return advise(seeHelp(c), "%s takes no arguments, but got %q", c.Name(), args[0])
	}
	return nil
}

// between returns a check for at least least and at most most arguments, which
// are called what in the message.
func between(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return advise(seeHelp(c), "%s needs %s", c.Name(), what)
		case len(args) > most:
			return advise(seeHelp(c), "%s takes %s, but got %d arguments: %s", c.Name(), what, len(args), strings.Join(args, " "))
		}
		return nil
	}
}

// directory returns the directory that a command works on.
func directory(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

func seeHelp(c *cobra.Command) string { return fmt.Sprintf("Run %q.", c.CommandPath()+" --help") }

func jsonFlag(c *cobra.Command, to *bool) {
	c.Flags().BoolVar(to, "json", false, "print JSON for programs")
}

// flagMistake describes a flag that does not exist or a value that does not fit, and
// says what to write. Args are those of the program.
func flagMistake(c *cobra.Command, args []string, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var lacking *pflag.ValueRequiredError
	switch {
	case errors.As(err, &lacking):
		f := lacking.GetFlag()
		value, _ := pflag.UnquoteUsage(f)
		return advise(fmt.Sprintf("Write --%s %s. %s", f.Name, value, seeHelp(c)), "flag --%s needs a value", f.Name)
	case errors.As(err, &invalid):
		return advise(valueOf(invalid.GetFlag())+seeHelp(c), "flag --%s cannot be %q", invalid.GetFlag().Name, invalid.GetValue())
	case !errors.As(err, &unknown):
		return advise(seeHelp(c), "%w", err)
	}
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		return unknownFlag(c, writtenFlag(args, short))
	}
	return unknownFlag(c, "--"+unknown.GetSpecifiedName())
}

// valueOf says what a flag takes, where that is not plain.
func valueOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "Write a whole number. "
	case "duration":
		return "Write a duration, such as 20ms, 1.5s or 2m. "
	case "bool":
		return "Write it without a value, or with =true or =false. "
	}
	return ""
}

func nearestFlag(c *cobra.Command, name string) string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return schema.Nearest(name, names)
}

// unknownCommand tells of a word that is no command, with the one that may be
// meant.
func unknownCommand(parent *cobra.Command, word string) error {
	var names []string
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	if hint := commandAdvice(word); hint != "" && !parent.HasParent() {
		return advise(hint, "unknown command %q", word)
	}
	see := fmt.Sprintf("Run %q to see every command.", parent.CommandPath()+" --help")
	if n := schema.Nearest(word, names); n != "" {
		return advise(fmt.Sprintf("Did you mean %q? %s", n, see), "unknown command %q", word)
	}
	return advise(see, "unknown command %q", word)
}
