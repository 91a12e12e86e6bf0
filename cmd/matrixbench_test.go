package cmd_test

import (
	"path/filepath"
	"testing"
)

// BenchmarkMatrix plans 660 permissions with 60 fields each where nothing differs:
// in this process against recorded answers, and with the real program against an
// emulator in another process.
func BenchmarkMatrix(b *testing.B) {
	matrices := []matrix{{60, 60}}
	b.Run("plan", func(b *testing.B) { benchmarkPlan(b, matrices) })
	b.Run("process", func(b *testing.B) {
		bin := built(b)
		for _, m := range matrices {
			b.Run(m.String(), func(b *testing.B) {
				seed, dir := filepath.Join(b.TempDir(), "seed.json"), b.TempDir()
				m.seed(b, seed)
				endpoint, env := listen(b, bin, m, seed, 0)
				m.configuration(b, dir, endpoint)
				var total run
				for b.Loop() {
					total.add(measure(b, env, bin, "plan", "--detailed-exitcode", dir))
				}
				total.report(b)
			})
		}
	})
}
