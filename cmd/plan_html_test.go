package cmd_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestPlanPageRunsItsScript makes sure that the streams of the program, which escape what CI systems
// would run as a command, leave the style and the script of the page as its policy allows them.
func TestPlanPageRunsItsScript(t *testing.T) {
	out, _ := hostileRun{files: hostileTenant(), args: []string{"plan", "--format", "html", "access"}}.run(t, false, nil)
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	var policy string
	var own []string
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "meta" && strings.HasPrefix(n.Attr[0].Val, "Content-Security"):
			policy = n.Attr[1].Val
		case n.Data == "script" || n.Data == "style":
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			own = append(own, base64.StdEncoding.EncodeToString(sum[:]))
		}
	}
	if len(own) != 2 || !strings.Contains(policy, own[0]) || !strings.Contains(policy, own[1]) {
		t.Errorf("the policy %q does not allow the elements with the hashes %q", policy, own)
	}
}
