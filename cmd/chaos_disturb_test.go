package cmd_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// disturb applies the files once with something in the way, and reports whether the
// apply came to its end all the same.
func (c *chaos) disturb(r *rand.Rand, count *tally) (done bool) {
	c.t.Helper()
	var code int
	switch r.IntN(8) {
	case 0, 1, 2:
		c.arm(r, count)
		code, c.last = c.run(c.dir, c.home, "apply", "--auto-approve")
	case 3, 4, 5:
		count.kills++
		code, c.last = c.killed(r)
	case 6:
		count.pairs++
		code, c.last = c.pair()
	case 7:
		count.pairs++
		code, c.last = c.overtaken()
	}
	c.story = append(c.story, fmt.Sprintf("  ends with %d", code))
	return code == 0
}

// arm lets requests fail at random, between a third and a twentieth of them.
func (c *chaos) arm(r *rand.Rand, count *tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	every := 3 + r.IntN(18)
	c.meddle = func(n int, w http.ResponseWriter, req *http.Request, body []byte) bool {
		c.takeEffect(r)
		if r.IntN(every) > 0 {
			return false
		}
		count.faults++
		kind := r.IntN(8)
		c.note("fault %d at request %d, %s %s", kind, n, req.Method, req.URL.Path)
		c.fail(kind, count, w, req, body)
		return true
	}
}

// takeEffect lets a late write take effect now and then.
func (c *chaos) takeEffect(r *rand.Rand) {
	if len(c.pending) > 0 && r.IntN(3) == 0 {
		c.pending[0]()
		c.pending = c.pending[1:]
	}
}

// fail answers a request badly, before or after it takes effect.
func (c *chaos) fail(kind int, count *tally, w http.ResponseWriter, req *http.Request, body []byte) {
	switch kind {
	case 0:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "slow down", http.StatusTooManyRequests)
	case 1:
		http.Error(w, "<html>Bad Gateway</html>", http.StatusBadGateway)
	case 2: // the connection is cut before the effect
		panic(http.ErrAbortHandler)
	case 3: // the connection is cut after the effect
		c.pass(httptest.NewRecorder(), req, body)
		panic(http.ErrAbortHandler)
	case 4: // an error after the effect
		c.pass(httptest.NewRecorder(), req, body)
		http.Error(w, `{}`, http.StatusInternalServerError)
	case 5: // half an answer
		rec := httptest.NewRecorder()
		c.pass(rec, req, body)
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
		panic(http.ErrAbortHandler)
	default: // a gateway gives up, and a write takes effect later
		if req.Method != http.MethodGet {
			count.late++
			again := req.Clone(req.Context())
			c.pending = append(c.pending, func() { c.pass(httptest.NewRecorder(), again, body) })
		}
		http.Error(w, "gateway timeout", http.StatusGatewayTimeout)
	}
}

func (c *chaos) note(format string, args ...any) {
	c.story = append(c.story, fmt.Sprintf(format, args...))
}

// killed applies in a process of its own and kills it at a random request, before or after that
// takes effect. A killed process must not leave a complete journal.
func (c *chaos) killed(r *rand.Rand) (code int, output string) {
	p := c.process("apply", "--auto-approve")
	var out bytes.Buffer
	p.Stdout, p.Stderr = &out, &out
	at, before := 1+r.IntN(c.total), r.IntN(2) == 0
	complete, killed := c.completeJournals(), false
	c.mu.Lock()
	c.meddle = func(n int, w http.ResponseWriter, req *http.Request, body []byte) bool {
		if n != at {
			return false
		}
		c.note("kill at request %d, %s %s, before=%v", n, req.Method, req.URL.Path, before)
		if !before {
			c.pass(httptest.NewRecorder(), req, body)
		}
		if err := p.Process.Kill(); err != nil {
			c.t.Errorf("kill: %v", err)
		}
		killed = true
		panic(http.ErrAbortHandler)
	}
	if err := p.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Unlock()
	err := p.Wait()
	c.mu.Lock()
	if killed && c.completeJournals() > complete {
		c.t.Error("a killed process left a complete journal")
	}
	c.mu.Unlock()
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.ExitCode(), c.read(out.String())
	}
	return 0, c.read(out.String())
}

// completeJournals counts the complete journals. At most twice as many writes as there are workers
// may be without a result in one: half of them are being read back.
func (c *chaos) completeJournals() (complete int) {
	paths, err := filepath.Glob(filepath.Join(c.dir, ".rolecall", "journal", "*.jsonl"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			c.t.Fatal(err)
		}
		if len(text) == 0 {
			continue // the process died before the first line
		}
		record, err := apply.ReadJournal(bytes.NewReader(text), []*schema.Product{&providerOf(c.t, c.product.name).Product})
		if err != nil {
			c.t.Errorf("%s: %v", path, err)
			continue
		}
		open := 0
		for _, e := range record.Entries {
			if e.Ended.IsZero() && e.ID == "" {
				open++
			}
		}
		if open > 2*apply.DefaultParallelism {
			c.t.Errorf("%s: %d writes are without a result", path, open)
		}
		if record.Complete {
			complete++
		}
	}
	return complete
}

// pair runs two applies at the same time on one machine, each from a directory of its
// own. One of them may be turned away, and never both.
func (c *chaos) pair() (code int, output string) {
	c.note("two applies at once")
	var codes [2]int
	var outputs [2]string
	dirs := [2]string{c.dir, c.copy()}
	var g sync.WaitGroup
	for i := range codes {
		g.Go(func() { codes[i], outputs[i] = c.run(dirs[i], c.home, "apply", "--auto-approve") })
	}
	g.Wait()
	if codes[0] != 0 && codes[1] != 0 {
		c.t.Errorf("two applies at once end with %d and %d:\n%s\n%s", codes[0], codes[1], outputs[0], outputs[1])
	}
	return min(codes[0], codes[1]), outputs[0] + outputs[1]
}

// overtaken lets a person wait at the question while a colleague on another machine
// applies the same files.
func (c *chaos) overtaken() (code int, output string) {
	c.note("a colleague applies while a person waits at the question")
	dir, home := c.copy(), c.t.TempDir()
	answer := io.MultiReader(&colleague{func() {
		if code, out := c.run(dir, home, "apply", "--auto-approve"); code != 0 {
			c.t.Errorf("the colleague's apply ends with %d:\n%s", code, out)
		}
	}}, strings.NewReader("yes\n"))
	return c.as(c.dir, c.home, answer, "apply")
}

// A colleague does something when the answer to a question is read.
type colleague struct{ act func() }

func (c *colleague) Read([]byte) (int, error) {
	c.act()
	return 0, io.EOF
}

// copy makes a directory with the same files and nothing else.
func (c *chaos) copy() string {
	dir := c.t.TempDir()
	put(c.t, dir+"/main.hcl", c.files)
	return dir
}
