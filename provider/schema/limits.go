package schema

// Limits are the guards that see the whole plan before the first write.
type Limits struct {
	MaxDeletes       int  // removals of one kind that are always let through
	MaxDeletePercent int  // share of a kind's live objects that may go beyond that
	AllowEmpty       bool // an authoritative kind without a declared object may be emptied

	// MaxDailyRemovals is how many removals of one kind within a day are always let
	// through, over all plans; SameAsOnePlan means MaxDeletes. MaxDeletePercent of what
	// there was a day ago may go beyond that.
	MaxDailyRemovals int
}

// SameAsOnePlan is the MaxDailyRemovals that follows MaxDeletes.
const SameAsOnePlan = -1

// DefaultLimits lets five removals of a kind through, and a quarter of a kind, both
// in one plan and within a day.
func DefaultLimits() Limits {
	return Limits{MaxDeletes: 5, MaxDeletePercent: 25, MaxDailyRemovals: SameAsOnePlan}
}

// Daily returns how many removals of one kind within a day are always let through.
func (l Limits) Daily() int {
	if l.MaxDailyRemovals == SameAsOnePlan {
		return l.MaxDeletes
	}
	return l.MaxDailyRemovals
}

// Allow reports whether one plan may remove so many objects of a kind of which there are
// total. A total of 0 means that it is not known.
func (l Limits) Allow(removals, total int) bool { return l.allow(removals, total, l.MaxDeletes) }

// AllowDaily reports whether so many objects of a kind may be removed within a day, of
// total that there were a day ago. A total of 0 means that it is not known.
func (l Limits) AllowDaily(removals, total int) bool { return l.allow(removals, total, l.Daily()) }

func (l Limits) allow(removals, total, always int) bool {
	return removals <= always || removals*100 <= l.MaxDeletePercent*total
}
