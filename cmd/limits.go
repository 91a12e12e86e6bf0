package cmd

import (
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// limitFlags lift limits for one plan. What they say is part of the command line,
// so a reviewer sees it in the log; the files keep the lower limit.
type limitFlags struct {
	maxDeletes, maxDeletePercent, maxDaily int
	allowEmpty                             bool
	set                                    func(name string) bool
}

func (l *limitFlags) register(c *cobra.Command) {
	defaults := schema.DefaultLimits()
	c.Flags().IntVar(&l.maxDeletes, "max-deletes", defaults.MaxDeletes,
		"allow up to `N` removals of a kind, whatever share that is; overrides limits { max_deletes }")
	c.Flags().IntVar(&l.maxDeletePercent, "max-delete-percent", defaults.MaxDeletePercent,
		"allow up to `N` percent of a kind to be removed; overrides limits { max_delete_percent }")
	c.Flags().IntVar(&l.maxDaily, "max-daily-removals", 0,
		"allow up to `N` removals of a kind within 24 hours by all plans, whatever share that is; overrides limits { max_daily_removals } (default: --max-deletes)")
	c.Flags().BoolVar(&l.allowEmpty, "allow-empty", false,
		"allow an authoritative kind to be emptied if nothing of it is declared; overrides limits { allow_empty }")
	l.set = func(name string) bool { return c.Flags().Changed(name) }
}

// check refuses numbers that cannot be meant.
func (l *limitFlags) check() error {
	switch {
	case l.maxDeletes < 0:
		return advise("Write how many objects of a kind can be removed: 0 or more.", "flag --max-deletes cannot be %d", l.maxDeletes)
	case l.maxDeletePercent < 0 || l.maxDeletePercent > 100:
		return advise("Write a number from 0 to 100.", "flag --max-delete-percent cannot be %d", l.maxDeletePercent)
	case l.maxDaily < 0:
		return advise("Write how many objects of a kind can be removed within a day: 0 or more.", "flag --max-daily-removals cannot be %d", l.maxDaily)
	}
	return nil
}

// lift puts the flags that were given over the limits of the files. The zero value of
// l has no flags.
func (l *limitFlags) lift(limits *schema.Limits) {
	if l.set == nil {
		return
	}
	if l.set("max-deletes") {
		limits.MaxDeletes = l.maxDeletes
	}
	if l.set("max-delete-percent") {
		limits.MaxDeletePercent = l.maxDeletePercent
	}
	if l.set("max-daily-removals") {
		limits.MaxDailyRemovals = l.maxDaily
	}
	if l.set("allow-empty") {
		limits.AllowEmpty = l.allowEmpty
	}
}
