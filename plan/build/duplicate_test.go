package build

import (
	"testing"
)

// TestDuplicates: of two teams with one name neither is touched, nor anybody's shift in
// one, though shifts are authoritative; everything else goes on.
func TestDuplicates(t *testing.T) {
	twice := func(z *zoo) {
		shifts(z)
		z.live(&zooTeam{Name: "Night"}).ID = "another"
		z.live(shift("Night", "ben", "keeper"))
		z.live(shift("Day", "ben", "keeper"))
	}
	play(t, []scene{
		{"declared", func(z *zoo) {
			twice(z)
			z.files(&zooTeam{Name: "Night"})
			z.files(shift("Night", "ana", "vet"))
			z.files(shift("Night", "cleo", "boss"))
			z.files(shift("Day", "cleo", "boss"))
		}, []string{
			"create shift.Day/cleo@zoo.example",
			"delete shift.Day/ben@zoo.example: no file declares it, and shifts are authoritative",
			"unmanaged team: All, Day",
			"user.ben@zoo.example -feed on team Day because shift.Day/ben@zoo.example",
			"user.cleo@zoo.example +everything on team Day because shift.Day/cleo@zoo.example",
			"warning plan/ambiguous team.Night",
			"warning plan/ambiguous-reference shift.Night/ana@zoo.example",
			"warning plan/ambiguous-reference shift.Night/cleo@zoo.example",
		}},
		{"referred to", func(z *zoo) {
			twice(z)
			z.files(shift("Night", "cleo", "boss"))
			z.files(shift("Day", "cleo", "boss"))
		}, []string{
			"create shift.Day/cleo@zoo.example",
			"delete shift.Day/ben@zoo.example: no file declares it, and shifts are authoritative",
			"user.ben@zoo.example -feed on team Day because shift.Day/ben@zoo.example",
			"user.cleo@zoo.example +everything on team Day because shift.Day/cleo@zoo.example",
			"warning plan/ambiguous-reference shift.Night/cleo@zoo.example",
			"warning plan/ambiguous team.Night",
		}},
		{"renamed to", func(z *zoo) {
			twice(z)
			z.files(&zooTeam{Name: "Dusk"}).Previously = []string{"Night"}
			z.files(shift("Day", "cleo", "boss"))
		}, []string{
			"create shift.Day/cleo@zoo.example",
			"delete shift.Day/ben@zoo.example: no file declares it, and shifts are authoritative",
			"unmanaged team: All, Day",
			"user.ben@zoo.example -feed on team Day because shift.Day/ben@zoo.example",
			"user.cleo@zoo.example +everything on team Day because shift.Day/cleo@zoo.example",
			"warning plan/ambiguous team.Dusk",
		}},
		{"targeted past", func(z *zoo) {
			twice(z)
			z.files(&zooTeam{Name: "Night"})
			z.files(shift("Day", "cleo", "boss"))
			z.in.Targets = []string{"shift.Day/cleo@zoo.example"}
		}, []string{
			"create shift.Day/cleo@zoo.example",
			"left out: delete shift.Day/ben@zoo.example: no file declares it, and shifts are authoritative",
			"unmanaged team: All, Day",
			"user.cleo@zoo.example +everything on team Day because shift.Day/cleo@zoo.example",
		}},
	})
}
