package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
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

// checkEmptyFlags refuses flags that are written without a value, as from a variable of a shell that is not
// set: without one, a command could concern another directory, everything, or nothing. The commands of a
// pipeline take empty values for those of the pipeline, and an empty --termination-log writes none.
func checkEmptyFlags(c *cobra.Command) error {
	if c.HasParent() && c.Parent().Name() == "ci" {
		return nil
	}
	var err error
	c.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && f.Value.String() == "" && f.Name != "termination-log" {
			err = advise("Give it a value, or leave it out.", "flag --%s is empty", f.Name)
		}
	})
	return err
}

func seeHelp(c *cobra.Command) string { return fmt.Sprintf("Run %q.", c.CommandPath()+" --help") }

func jsonFlag(c *cobra.Command, to *bool) {
	c.Flags().BoolVar(to, "json", false, "print machine-readable JSON")
}

// formatFlag adds the flag --format with the names of formats, of which the first is the default.
func formatFlag(c *cobra.Command, to *string, formats ...string) {
	*to = formats[0]
	c.Flags().Var(&choice{formats, to}, "format", "print `FORMAT`: "+text.Or(formats))
	completeFlag(c, "format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

// A choice is the value of a flag that takes one of several words.
type choice struct {
	of []string
	to *string
}

func (c *choice) String() string { return *c.to }
func (c *choice) Type() string   { return "string" }

func (c *choice) Set(word string) error {
	if !slices.Contains(c.of, word) {
		return errors.New("not one of them")
	}
	*c.to = word
	return nil
}

// flagError explains an error of the flag parser and says what to write. Args are
// those of the program.
func flagError(c *cobra.Command, args []string, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &missing):
		f := missing.GetFlag()
		value, _ := pflag.UnquoteUsage(f)
		return advise(fmt.Sprintf("Write --%s %s. %s", f.Name, value, seeHelp(c)), "flag --%s needs a value", f.Name)
	case errors.As(err, &invalid):
		return advise(valueOf(invalid.GetFlag())+seeHelp(c), "flag --%s cannot be %q", invalid.GetFlag().Name, invalid.GetValue())
	case !errors.As(err, &unknown):
		return advise(seeHelp(c), "%w", err)
	}
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		return unknownFlag(c, shortFlag(args, short))
	}
	return unknownFlag(c, "--"+unknown.GetSpecifiedName())
}

// valueOf says what values a flag has, if its name does not.
func valueOf(f *pflag.Flag) string {
	if c, is := f.Value.(*choice); is {
		return "Write " + text.Or(c.of) + ". "
	}
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

// unknownCommand is the error about a word that is no command. It suggests one.
func unknownCommand(parent *cobra.Command, word string) error {
	var names []string
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	if hint := otherCommand(word); hint != "" && !parent.HasParent() {
		return advise(hint, "unknown command %q", word)
	}
	see := fmt.Sprintf("Run %q to see every command.", parent.CommandPath()+" --help")
	if n := schema.Nearest(word, names); n != "" {
		return advise(fmt.Sprintf("Did you mean %q? %s", n, see), "unknown command %q", word)
	}
	return advise(see, "unknown command %q", word)
}

// unknownFlag says what to write instead of a flag that the command does not have.
// Written is the argument with its dashes and value.
func unknownFlag(c *cobra.Command, written string) error {
	dashes := written[:len(written)-len(strings.TrimLeft(written, "-"))]
	name, value, hasValue := strings.Cut(written[len(dashes):], "=")
	if hasValue {
		value = "=" + value
	}
	hint := seeHelp(c)
	if len(dashes) == 1 && len(name) > 1 && c.Flags().Lookup(name) != nil {
		hint = fmt.Sprintf("Long flags have two dashes. Write --%s%s.", name, value)
	} else if h := otherFlag(name); h != "" {
		hint = h
	} else if other := commandWithFlag(c, name); other != nil {
		hint = fmt.Sprintf("--%s is a flag of %q. %s", name, other.CommandPath(), hint)
	} else if f := nearestFlag(c, name); f != "" {
		hint = fmt.Sprintf("Did you mean --%s? %s", f, hint)
	}
	return advise(hint, "unknown flag %s%s", dashes, name)
}

// commandWithFlag finds another command that has a flag.
func commandWithFlag(c *cobra.Command, flag string) *cobra.Command {
	for _, other := range slices.Concat(c.Root().Commands(), commandsBelow(c.Root())) {
		if other != c && !other.Hidden && len(flag) > 1 && other.LocalFlags().Lookup(flag) != nil {
			return other
		}
	}
	return nil
}

// shortFlag finds the argument with unknown short flags: of "-help" the parser reports
// only "elp".
func shortFlag(args []string, short string) string {
	for _, a := range args {
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, short) {
			return a
		}
	}
	return "-" + short
}

// exclusiveFlags rewords cobra's error about flags that exclude each other. It returns other
// errors as they are.
func exclusiveFlags(c *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	_, names, found := strings.Cut(err.Error(), "are set none of the others can be; [")
	names, _, closed := strings.Cut(names, "] were all set")
	if !found || !closed {
		return err
	}
	return advise("Use one of them. "+seeHelp(c), "%s cannot be used together", text.And(strings.Fields("--"+strings.ReplaceAll(names, " ", " --"))))
}
