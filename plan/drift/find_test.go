package drift

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// settled is a club that is as its files say.
func settled() *club {
	return &club{
		product: clubProduct(),
		files:   []string{"role keeper feed", "user ana@club role=keeper", "user ben@club role=keeper", "team zoo", "member zoo ana@club keeper"},
		live: []string{
			"role keeper feed", "role ghost feed", "user ana@club role=keeper", "user ben@club role=keeper", "user sue@club role=ghost",
			"user bob@club disabled", "team zoo", "member zoo ana@club keeper",
		},
		manage: map[string]schema.Manage{},
	}
}

// edit replaces lines: "- X" removes the line that begins with X, "+ X" adds X, "X -> Y" replaces the
// whole line X.
func edit(list, edits []string) []string {
	out := append([]string{}, list...)
	for _, e := range edits {
		switch old, now, replaces := strings.Cut(e, " -> "); {
		case replaces:
			for i := range out {
				if out[i] == old {
					out[i] = now
				}
			}
		case e[0] == '-':
			for i := range out {
				if strings.HasPrefix(out[i], e[2:]) {
					out[i] = "" // the lines after it keep their numbers, which are in the ids
				}
			}
		default:
			out = append(out, e[2:])
		}
	}
	return out
}

// Each case changes a settled club, of which the baseline knows everything. The undeclared role ghost
// is always a difference.
func TestFind(t *testing.T) {
	const ghost = "~ unknown: role ghost exists; no file declares it"
	for _, c := range []struct {
		name        string
		live, files []string // edits
		want        []string // without ghost
	}{
		{name: "nothing"},
		{
			name: "letters in another case",
			live: []string{"user sue@club role=ghost -> user SUE@club role=ghost", "user ana@club role=keeper -> user Ana@club role=keeper"},
		},
		{
			name:  "a declared owner is demoted",
			files: []string{"+ user kim@club owner"},
			live:  []string{"+ user kim@club"},
			want:  []string{"~ unknown: kim@club is not as in the files: owner"},
		},
		{
			name: "a declared user becomes owner",
			live: []string{"user ana@club role=keeper -> user ana@club role=keeper owner"},
			want: []string{"! drift: ana@club became owner, and no file says so"},
		},
		{
			name:  "a declared user becomes owner, although a file says no",
			files: []string{"user ana@club role=keeper -> user ana@club role=keeper owner=no"},
			live:  []string{"user ana@club role=keeper -> user ana@club role=keeper owner"},
			want:  []string{"! drift: ana@club became owner"},
		},
		{
			name: "an undeclared user becomes owner",
			live: []string{"user sue@club role=ghost -> user sue@club role=ghost owner"},
			want: []string{"! drift: sue@club became owner; no file declares this user"},
		},
		{
			name: "an undeclared user gets another role",
			live: []string{"user sue@club role=ghost -> user sue@club role=keeper"},
			want: []string{"~ drift: sue@club became keeper; no file declares this user"},
		},
		{
			name: "an undeclared user gets another name",
			live: []string{"user sue@club role=ghost -> user sue@club role=ghost name=S"},
		},
		{
			name: "a stranger",
			live: []string{"+ user new@club"},
			want: []string{"~ drift: new@club was added; no file declares this user"},
		},
		{
			name: "a leaver returns",
			live: []string{"user bob@club disabled -> user bob@club"},
			want: []string{"~ drift: bob@club was activated; no file declares this user"},
		},
		{
			name: "a declared user is deactivated",
			live: []string{"user ben@club role=keeper -> user ben@club role=keeper disabled"},
			want: []string{"~ drift: ben@club was deactivated"},
		},
		{
			name: "a user is deleted with the membership",
			live: []string{"- user ana@club", "- member zoo ana@club"},
			want: []string{"~ drift: ana@club was deleted"},
		},
		{
			name: "a user is renamed with the membership",
			live: []string{"user ana@club role=keeper -> user eve@club role=keeper", "member zoo ana@club keeper -> member zoo eve@club keeper"},
			want: []string{"~ drift: ana@club was renamed to eve@club"},
		},
		{
			name: "a renamed user gets another membership",
			live: []string{"user ana@club role=keeper -> user eve@club role=keeper", "member zoo ana@club keeper -> member zoo eve@club ghost"},
			want: []string{
				"~ drift: ana@club was renamed to eve@club",
				"~ drift: ana@club was removed from team zoo",
				"~ drift: eve@club became ghost in team zoo; no file lists this member",
			},
		},
		{
			name: "a renamed user becomes owner",
			live: []string{"user ana@club role=keeper -> user eve@club role=keeper owner", "member zoo ana@club keeper -> member zoo eve@club keeper"},
			want: []string{"! drift: ana@club was renamed to eve@club, who is owner"},
		},
		{
			name: "an address belongs to another account",
			live: []string{"user ben@club role=keeper -> user ben@club role=keeper id=9"},
			want: []string{"! drift: ben@club is another account now: its id changed from user-3 to 9, so somebody else may own this address"},
		},
		{
			name: "a deleted and recreated stranger",
			live: []string{"user sue@club role=ghost -> user sue@club role=ghost id=9"},
			want: []string{"! drift: sue@club is another account now: its id changed from user-4 to 9, so somebody else may own this address"},
		},
		{
			name: "a declared role gives everything",
			live: []string{"role keeper feed -> role keeper all,feed"},
			want: []string{
				"! unknown: ana@club has privileges as keeper in team zoo that no file gives",
				"~ drift: role keeper gained one right; ana@club and ben@club gained rights through it",
			},
		},
		{
			name: "a declared role gives a privileged right",
			live: []string{"role keeper feed -> role keeper feed,vault"},
			want: []string{"! drift: role keeper gained one right; ana@club and ben@club gained privileged rights through it"},
		},
		{
			name: "an undeclared role gives everything",
			live: []string{"role ghost feed -> role ghost all", "+ member zoo sue@club ghost"},
			want: []string{
				"! drift: sue@club became ghost in team zoo; no file lists this member",
				"~ drift: role ghost got other rights; no file declares it",
			},
		},
		{
			name: "a member of a declared team",
			live: []string{"+ member zoo ben@club keeper"},
			want: []string{"~ drift: ben@club became keeper in team zoo; no file lists this member"},
		},
		{
			name: "a member leaves",
			live: []string{"- member zoo ana@club"},
			want: []string{"~ drift: ana@club was removed from team zoo"},
		},
		{
			name: "a team is deleted with its members",
			live: []string{"- team zoo", "- member zoo"},
			want: []string{"~ drift: team zoo was deleted"},
		},
		{
			name:  "the files add a user",
			files: []string{"+ user new@club role=keeper"},
			want:  []string{"~ pending: new@club is declared and was not created yet"},
		},
		{
			name:  "the files drop a user",
			files: []string{"- user ben@club"},
			want:  []string{"~ pending: ben@club is no longer declared and still exists"},
		},
		{
			name:  "the files change a role",
			files: []string{"role keeper feed -> role keeper feed,clean"},
			want:  []string{"~ pending: role keeper is not updated yet: rights; it affects the rights of ana@club and ben@club"},
		},
		{
			name:  "the files take a privileged right",
			files: []string{"+ role chief", "+ user max@club role=chief"},
			live:  []string{"+ role chief vault", "+ user max@club role=chief"},
			want:  []string{"! unknown: role chief is not as in the files: rights; it gives max@club privileged rights that no file gives"},
		},
		{
			name:  "the files rename a user",
			files: []string{"user ben@club role=keeper -> user eve@club role=keeper previously=ben@club"},
			want:  []string{"~ pending: ben@club is to be renamed to eve@club"},
		},
		{
			name:  "the files rename a user who gets another role by hand",
			files: []string{"user ben@club role=keeper -> user eve@club role=keeper previously=ben@club"},
			live:  []string{"user ben@club role=keeper -> user ben@club role=ghost"},
			want:  []string{"~ conflict: ben@club became ghost and is to be renamed to eve@club"},
		},
		{
			name:  "both change a role",
			files: []string{"role keeper feed -> role keeper clean"},
			live:  []string{"role keeper feed -> role keeper swim"},
			want:  []string{"~ conflict: role keeper gained one right and lost one right; ana@club and ben@club gained rights through it; ana@club and ben@club lost rights through it"},
		},
		{
			name:  "the files take ownership that was never given by hand",
			files: []string{"+ user kim@club owner=no"},
			live:  []string{"+ user kim@club owner"},
			want:  []string{"! unknown: kim@club is owner, and no file says so"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := settled()
			b := Refresh(known.observation(t), nil)
			now := settled()
			now.live, now.files = edit(now.live, c.live), edit(now.files, c.files)
			var got []string
			for _, line := range lines(now.find(t, b)) {
				if line != ghost {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The order in which a product lists objects and members of sets is no difference.
func TestFindInAnotherOrder(t *testing.T) {
	c := settled().edited([]string{"role ghost feed -> role ghost feed,swim,clean"}, nil)
	b := Refresh(c.observation(t), nil)
	next := c.edited([]string{"role ghost feed,swim,clean -> role ghost swim,clean,feed"}, nil)
	in := Input{Plan: next.plan(t), Tenant: next.tenant(), Live: next.objects(), Baseline: b, Today: "2026-06-01"}
	for _, list := range in.Live {
		slices.Reverse(list)
	}
	if diff := cmp.Diff([]string{"~ unknown: role ghost exists; no file declares it"}, lines(Find(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFindWithoutBaseline(t *testing.T) {
	c := settled().edited([]string{
		"user ana@club role=keeper -> user ana@club role=keeper owner",
		"user ben@club role=keeper -> user ben@club role=ghost",
		"user sue@club role=ghost -> user sue@club role=ghost owner",
		"- member zoo ana@club",
		"+ member zoo sue@club keeper",
		"+ user new@club",
	}, []string{"+ user kim@club"})
	c.after(t, nil,
		"! unknown: ana@club is owner, and no file says so",
		"! unknown: sue@club is owner; no file declares this user",
		"~ unknown: ben@club is not as in the files: role",
		"~ unknown: kim@club does not exist: deleted by hand, or not created yet",
		"~ unknown: ana@club is not in team zoo: removed by hand, or not added yet",
		"~ unknown: sue@club is keeper in team zoo; no file lists this member")
}

// What a pattern of ignore matches is seen if it has privileges; an entry of ignore or protect that names
// one user hides that user as in the baseline.
func TestFindIgnoredAndProtected(t *testing.T) {
	named := map[string]schema.Manage{"user": {Ignore: []string{"Sue@club"}}}
	pattern := map[string]schema.Manage{"user": {Ignore: []string{"sue*"}}}
	for _, c := range []struct {
		name          string
		manage        map[string]schema.Manage
		protect       []string
		before, after []string // edits of the live objects
		noBaseline    bool
		want          []string
	}{
		{name: "pattern", manage: pattern},
		{
			name: "pattern, owner", manage: pattern, before: []string{"user sue@club role=ghost -> user sue@club owner"},
			want: []string{"! unknown: sue@club is owner; no file declares this user"},
		},
		{
			name: "pattern, becomes owner", manage: pattern, after: []string{"user sue@club role=ghost -> user sue@club owner"},
			want: []string{"! drift: sue@club became owner; no file declares this user"},
		},
		{
			name: "pattern, by a membership", manage: pattern, after: []string{"role ghost feed -> role ghost all", "+ member zoo sue@club ghost"},
			want: []string{
				"! drift: sue@club became ghost in team zoo; no file declares this user",
				"~ drift: role ghost got other rights; no file declares it",
			},
		},
		{
			name: "pattern, by a privileged right", manage: pattern, after: []string{"role ghost feed -> role ghost vault"},
			want: []string{
				"! unknown: sue@club has vault on the club; no file declares this user",
				"~ drift: role ghost got other rights; no file declares it",
			},
		},
		{name: "named, owner", manage: named, before: []string{"user sue@club role=ghost -> user sue@club owner"}},
		{name: "named, owner, no baseline", manage: named, before: []string{"user sue@club role=ghost -> user sue@club owner"}, noBaseline: true},
		{
			name: "named, becomes owner", manage: named, after: []string{"user sue@club role=ghost -> user sue@club owner"},
			want: []string{"! drift: sue@club became owner; no file declares this user"},
		},
		{name: "protected, owner", protect: []string{"club.user.SUE@club"}, before: []string{"user sue@club role=ghost -> user sue@club owner"}},
		{
			name: "protected, becomes owner", protect: []string{"user.sue@club"}, after: []string{"user sue@club role=ghost -> user sue@club owner"},
			want: []string{"! drift: sue@club became owner; no file declares this user"},
		},
		{
			name: "protected, another account", protect: []string{"user.sue@club"}, before: []string{"user sue@club role=ghost -> user sue@club owner"},
			after: []string{"user sue@club owner -> user sue@club owner id=9"},
			want:  []string{"! drift: sue@club is another account now: its id changed from user-4 to 9, so somebody else may own this address; it is owner"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := settled().edited(c.before, nil)
			known.manage, known.protect = c.manage, c.protect
			var b *Baseline
			if !c.noBaseline {
				b = Refresh(known.observation(t), nil)
			}
			known.edited(c.after, nil).after(t, b, c.want...)
		})
	}
}

func TestAccept(t *testing.T) {
	c := settled().edited([]string{"user sue@club role=ghost -> user sue@club owner", "+ member zoo sue@club keeper"}, nil)
	b := Refresh(c.observation(t), nil)
	var fingerprints []string
	for _, d := range c.find(t, b).Differences {
		if d.Subject.Key == "sue@club" {
			fingerprints = append(fingerprints, d.Fingerprint)
		}
	}
	if len(fingerprints) != 2 {
		t.Fatalf("%d fingerprints", len(fingerprints))
	}
	block := schema.Acceptance{Kind: "user", Key: "sue@club", Until: "2026-06-01", Reason: "known", Fingerprints: fingerprints}
	const owner, member = "! unknown: sue@club is owner; no file declares this user", "~ unknown: sue@club is keeper in team zoo; no file lists this member"
	for _, x := range []struct {
		name   string
		live   []string
		change func(*schema.Acceptance)
		today  string
		want   []string
		note   string
	}{
		{name: "all"},
		{name: "no baseline", today: "none"},
		{name: "the day after", today: "2026-06-02", want: []string{owner, member}, note: "ended on 2026-06-01"},
		{name: "one of two", change: func(a *schema.Acceptance) { a.Fingerprints = fingerprints[:1] }, want: []string{member}, note: fingerprints[1]},
		{name: "none, as in the baseline", change: func(a *schema.Acceptance) { a.Fingerprints = nil }},
		{name: "none, no baseline", today: "none", change: func(a *schema.Acceptance) { a.Fingerprints = nil }, want: []string{owner, member}, note: "fingerprints = ["},
		{
			name: "none, a later gain", live: []string{"user sue@club owner -> user sue@club owner role=keeper"}, change: func(a *schema.Acceptance) { a.Fingerprints = nil },
			want: []string{"! drift: sue@club became owner; no file declares this user"}, note: "fingerprints = [",
		},
		{
			name: "none, a later membership", live: []string{"+ team ark", "+ member ark sue@club keeper"}, change: func(a *schema.Acceptance) { a.Fingerprints = nil },
			want: []string{owner, "~ drift: team ark was added; no file declares it", "~ drift: sue@club became keeper in team ark; no file lists this member"}, note: "fingerprints = [",
		},
		{name: "a pattern", change: func(a *schema.Acceptance) { a.Key = "*" }, want: []string{owner, member}, note: `accept "user" "*" hides nothing`},
		{
			name: "a later gain of the user", live: []string{"user sue@club owner -> user sue@club owner role=keeper"},
			want: []string{"! drift: sue@club became owner; no file declares this user"}, note: "not what was accepted",
		},
		{
			name: "a later gain by a role", live: []string{"role keeper feed -> role keeper feed,vault"},
			want: []string{
				"! drift: role keeper gained one right; ana@club, ben@club and sue@club gained privileged rights through it",
				owner, "! unknown: sue@club is keeper in team zoo; no file lists this member",
			},
			note: "not what was accepted",
		},
		{
			name: "a later membership", live: []string{"+ team ark", "+ member ark sue@club keeper"},
			want: []string{owner, "~ drift: team ark was added; no file declares it", "~ drift: sue@club became keeper in team ark; no file lists this member"}, note: "not what was accepted",
		},
		{name: "nothing differs any more", live: []string{"- user sue", "- member zoo sue"}, note: "hides nothing"},
	} {
		t.Run(x.name, func(t *testing.T) {
			next := c.edited(x.live, nil)
			a := block
			if x.change != nil {
				x.change(&a)
			}
			next.accepted, next.today = []schema.Acceptance{a}, x.today
			known := b
			if x.today == "none" {
				known, next.today = nil, ""
			}
			next.after(t, known, x.want...)
			if notes := strings.Join(next.find(t, known).Notes, "\n"); (notes == "") != (x.note == "") || !strings.Contains(notes, x.note) {
				t.Errorf("notes %q, want %q", notes, x.note)
			}
		})
	}
}
