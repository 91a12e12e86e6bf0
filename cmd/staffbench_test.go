package cmd_test

import (
	"path/filepath"
	"testing"
)

// staffs are what is measured: 60,000 memberships.
var staffs = []staff{{20_000, 200, inYAML}, {20_000, 200, inCSV}, {20_000, 200, inBlocks}}

// BenchmarkStaff plans where nothing differs, with the members of teams in short:
// in this process against recorded answers, and with the real program against an
// emulator in another process.
func BenchmarkStaff(b *testing.B) {
	b.Run("plan", func(b *testing.B) { benchmarkPlan(b, staffs) })
	b.Run("process", func(b *testing.B) {
		bin := built(b)
		for _, s := range staffs {
			b.Run(s.String(), func(b *testing.B) {
				seed, dir := filepath.Join(b.TempDir(), "seed.json"), b.TempDir()
				s.seed(b, seed)
				endpoint, env := listen(b, bin, s, seed, 0)
				s.configuration(b, dir, endpoint)
				var total run
				for b.Loop() {
					total.add(measure(b, env, bin, "plan", "--detailed-exitcode", dir))
				}
				total.report(b)
			})
		}
	})
}
