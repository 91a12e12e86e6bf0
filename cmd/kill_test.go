package cmd_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// killSeed chooses the moments at which the processes are killed. Change it to try
// others; a failure names the moment, which is all that is needed to repeat it.
const killSeed = 20260114

// A moment is where a process is killed: at the request of that number, before it
// took effect, after it, or after its answer was on the way.
type moment struct {
	request int
	when    string
}

func (m moment) String() string { return fmt.Sprintf("%s request %d", m.when, m.request) }

// TestKill kills a real apply with SIGKILL at 200 moments of two scenes, chosen by
// the requests that the product has seen. Planning and applying again must then
// lead to where an undisturbed apply leads, with nothing twice and nothing lost,
// and after every single write nobody may have more than before and after.
func TestKill(t *testing.T) {
	points := 100
	if testing.Short() || underRace {
		points = 10
	}
	for n, s := range failureCases() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			st := s.start(t)
			total := st.countRequests()
			random := rand.New(rand.NewPCG(killSeed, uint64(n)))
			for range points {
				m := moment{1 + random.IntN(total), []string{"before", "after", "answering"}[random.IntN(3)]}
				st.again()
				killed := st.kill(m)
				st.checkRights()
				st.journalHolds(killed)
				st.converge()
				if t.Failed() {
					t.Fatalf("killed %s of %d (scene %s, seed %d)", m, total, s.name, killSeed)
				}
			}
		})
	}
}

// countRequests counts those of an undisturbed apply.
func (s *failureRun) countRequests() int {
	s.t.Helper()
	s.begin(nil)
	if code, out := s.run(s.applyArgs()...); code != 0 {
		s.t.Fatalf("%d: %s", code, out)
	}
	return len(s.requests())
}

// kill runs apply in a process of its own and kills it. It returns false where the
// process came to its end with fewer requests: what one of them has read may spare
// another the same.
func (s *failureRun) kill(m moment) bool {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	c := exec.Command(self)
	c.Args = append([]string{"rolecall"}, s.applyArgs()...)
	c.Env = []string{"PARTOO_API_KEY=" + s.key, "HOME=" + s.dir, "NO_PROXY=*"}
	var once sync.Once
	started := make(chan struct{})
	kill := func() {
		<-started
		once.Do(func() {
			if err := c.Process.Kill(); err != nil {
				s.t.Errorf("%s: %v", m, err)
			}
		})
	}
	s.begin(func(n int, r *http.Request, pass func() *httptest.ResponseRecorder) *httptest.ResponseRecorder {
		switch {
		case n != m.request: // of a dead process, what was on the wire still arrives
			return pass()
		case m.when == "before":
			kill()
			return nil
		case m.when == "after":
			pass()
			kill()
			return nil
		}
		a := pass()
		kill()
		return a
	})
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	close(started)
	err = c.Wait()
	reached := m.request <= len(s.requests())
	if reached && (err == nil || !strings.Contains(err.Error(), "killed")) {
		s.t.Errorf("%s: the process ended with %v", m, err)
	}
	s.idle()
	return reached
}

// journalHolds reads what the dead process wrote down: at most twice as many writes
// as there are workers may be without a result, half of them being read back.
func (s *failureRun) journalHolds(killed bool) {
	s.t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.dir, ".rolecall", "journal", "*.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(text) == 0 {
			continue // it died before the first line
		}
		record, err := apply.ReadJournal(strings.NewReader(string(text)), []*schema.Product{&partoo.Provider().Product})
		if err != nil {
			s.t.Errorf("%s: %v", path, err)
			continue
		}
		open := 0
		for _, e := range record.Entries {
			if e.Ended.IsZero() && e.ID == "" {
				open++
			}
		}
		if open > 2*apply.DefaultParallelism || killed && record.Complete {
			s.t.Errorf("%s: %d writes are open, complete is %v", path, open, record.Complete)
		}
	}
}
