package render

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
)

func TestMarkdownGolden(t *testing.T) {
	for _, c := range []struct {
		name string
		plan *plan.Document
		most int
	}{
		{"empty", emptyPlan(), mostMarkdown},
		{"zoo", zooPlan(), mostMarkdown},
		{"role", rolePlan(), mostMarkdown},
		{"removals", removalPlan(), mostMarkdown},
		{"refusal", refusalPlan(), mostMarkdown},
		{"rename", renamePlan(), mostMarkdown},
		{"text", textPlan(), mostMarkdown},
		{"alike", alikePlan(), mostMarkdown},
		{"sections", sectionsPlan(), mostMarkdown},
		{"limits", limitPlan(), mostMarkdown},
		{"two", twoPlans(), mostMarkdown},
		{"steps", stepsPlan(), mostMarkdown},
		{"danger", dangerPlan(), mostMarkdown},
		{"danger-cut", dangerPlan(), 4_000},
		{"hostile", hostilePlan(), mostMarkdown},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := "testdata/" + c.name + ".md"
			got := markdown(c.plan, c.most)
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("page differs (-want +got):\n%s", diff)
			}
		})
	}
}
