package cmd

import (
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// limitFlags override the limits of the files for one run. They are part of the command
// line, so a reviewer sees them in the log. Nil overrides nothing.
type limitFlags struct {
	maxDeletes, maxDeletePercent, maxDaily int
	allowEmpty                             bool
	changed                                func(name string) bool
}

func (l *limitFlags) register(c *cobra.Command) {
	defaults := schema.DefaultLimits()
	c.Flags().IntVar(&l.maxDeletes, "max-deletes", defaults.MaxDeletes,
		"allow up to `N` removals per kind, even if they exceed the percentage; overrides limits { max_deletes }")
	c.Flags().IntVar(&l.maxDeletePercent, "max-delete-percent", defaults.MaxDeletePercent,
		"allow removing up to `N` percent of a kind; overrides limits { max_delete_percent }")
	c.Flags().IntVar(&l.maxDaily, "max-daily-removals", 0,
		"allow up to `N` removals per kind by all runs within 24 hours; overrides limits { max_daily_removals } (default: --max-deletes)")
	c.Flags().BoolVar(&l.allowEmpty, "allow-empty", false,
		"allow removing all objects of an authoritative kind if none is declared; overrides limits { allow_empty }")
	l.changed = c.Flags().Changed
}

// check refuses invalid numbers.
func (l *limitFlags) check() error {
	switch {
	case l == nil:
	case l.maxDeletes < 0:
		return advise("Write a number of 0 or more.", "flag --max-deletes cannot be %d", l.maxDeletes)
	case l.maxDeletePercent < 0 || l.maxDeletePercent > 100:
		return advise("Write a number from 0 to 100.", "flag --max-delete-percent cannot be %d", l.maxDeletePercent)
	case l.maxDaily < 0:
		return advise("Write a number of 0 or more.", "flag --max-daily-removals cannot be %d", l.maxDaily)
	}
	return nil
}

// override replaces the limits of the files by the flags that were given.
func (l *limitFlags) override(limits *schema.Limits) {
	if l == nil {
		return
	}
	if l.changed("max-deletes") {
		limits.MaxDeletes = l.maxDeletes
	}
	if l.changed("max-delete-percent") {
		limits.MaxDeletePercent = l.maxDeletePercent
	}
	if l.changed("max-daily-removals") {
		limits.MaxDailyRemovals = l.maxDaily
	}
	if l.changed("allow-empty") {
		limits.AllowEmpty = l.allowEmpty
	}
}
