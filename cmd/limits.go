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
		"let up to `N` objects of a kind be removed, whatever share that is; over limits { max_deletes }")
	c.Flags().IntVar(&l.maxDeletePercent, "max-delete-percent", defaults.MaxDeletePercent,
		"let up to `N` percent of a kind be removed; over limits { max_delete_percent }")
	c.Flags().IntVar(&l.maxDaily, "max-daily-removals", 0,
		"let up to `N` objects of a kind be removed within 24 hours by all plans, whatever share that is; over limits { max_daily_removals }; as --max-deletes where neither is given")
	c.Flags().BoolVar(&l.allowEmpty, "allow-empty", false,
		"let an authoritative kind of which nothing is declared be emptied; over limits { allow_empty }")
	l.set = func(name string) bool { return c.Flags().Changed(name) }
}

// check refuses numbers that cannot be meant.
func (l *limitFlags) check() error {
	switch {
	case l.maxDeletes < 0:
		return advise("Write how many objects of a kind may go: 0 or more.", "flag --max-deletes cannot be %d", l.maxDeletes)
	case l.maxDeletePercent < 0 || l.maxDeletePercent > 100:
		return advise("Write a share between 0 and 100.", "flag --max-delete-percent cannot be %d", l.maxDeletePercent)
	case l.maxDaily < 0:
		return advise("Write how many objects of a kind may be removed within a day: 0 or more.", "flag --max-daily-removals cannot be %d", l.maxDaily)
	}
	return nil
}

// lift puts the flags that were given over the limits of the files.
func (l *limitFlags) lift(limits *schema.Limits) {
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
