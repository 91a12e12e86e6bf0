package cmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkProcess plans with the real program against an emulator in another
// process, over the loopback: what a person waits for and what the machine has to
// give. Beside the time of the process it reports its largest resident size.
func BenchmarkProcess(b *testing.B) {
	bin := built(b)
	far := func(moved int) []partooTenant { return []partooTenant{{users: 20_000, moved: moved}} }
	newcomers := func(int) []partooTenant { return []partooTenant{{users: 1_000, absent: true}} }
	for _, s := range []step{
		{"validate", []string{"validate"}, partooTenants, 0, 0},
		{"unchanged", []string{"plan", "--detailed-exitcode"}, partooTenants, 0, 0},
		{"one-percent", []string{"plan"}, partooTenants, 100, 0},
		{"unchanged-20ms", []string{"plan", "--detailed-exitcode"}, far, 0, 20 * time.Millisecond},
		{"create", []string{"apply", "--auto-approve"}, newcomers, 0, 0},
		{"create-20ms", []string{"apply", "--auto-approve"}, newcomers, 0, 20 * time.Millisecond},
	} {
		b.Run(s.name, func(b *testing.B) {
			for _, c := range s.tenants(s.moved) {
				b.Run(c.String(), func(b *testing.B) { benchmarkProcess(b, c, bin, s) })
			}
		})
	}
}

// BenchmarkImport imports organizations with the real program into an empty directory.
func BenchmarkImport(b *testing.B) {
	bin := built(b)
	for _, c := range partooTenants(0) {
		if c.blocks {
			continue // that is about files
		}
		b.Run(c.String(), func(b *testing.B) {
			seed := filepath.Join(b.TempDir(), "seed.json")
			c.seed(b, seed)
			endpoint, env := listen(b, bin, c, seed, 0)
			var total run
			for b.Loop() {
				total.add(measure(b, env, bin, "import", "partoo", b.TempDir(), "--set", "org_id=42", "--set", "endpoint="+endpoint,
					"--set", fmt.Sprint("requests_per_minute=", unlimited)))
			}
			total.report(b)
		})
	}
}

// BenchmarkDrift checks organizations with the real program: without a baseline, while it writes one, with
// it, and in an apply that changes nothing and writes it again.
func BenchmarkDrift(b *testing.B) {
	bin := built(b)
	for _, c := range partooTenants(0) {
		if c.blocks {
			continue // that is about files
		}
		seed, dir := filepath.Join(b.TempDir(), "seed.json"), b.TempDir()
		c.seed(b, seed)
		endpoint, env := listen(b, bin, c, seed, 0)
		c.configuration(b, dir, endpoint)
		for _, s := range []struct {
			name string
			args []string
		}{
			{"first", []string{"drift", "--exit-zero"}},
			{"update", []string{"drift", "--exit-zero", "--update-baseline"}},
			{"check", []string{"drift", "--exit-zero"}},
			{"apply", []string{"apply", "--auto-approve"}},
		} {
			b.Run(s.name+"/"+c.String(), func(b *testing.B) {
				var total run
				for b.Loop() {
					total.add(measure(b, env, append([]string{bin}, append(s.args, dir)...)...))
				}
				total.report(b)
			})
		}
	}
}

// built is the program as it is shipped.
func built(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "rolecall.exe")
	if out, err := exec.Command("go", "build", "-o", bin, "./rolecall").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v: %s", err, out)
	}
	return bin
}

// A step is one command on some tenants, with an emulator that delays every answer.
type step struct {
	name    string
	args    []string
	tenants func(moved int) []partooTenant
	moved   int
	latency time.Duration
}

// floor returns how long the necessary requests take, eight at a time: pages for a plan,
// creations for an apply.
func (s step) floor(c partooTenant) time.Duration {
	requests := c.requests()
	if c.absent {
		requests = c.users
	}
	return time.Duration(requests) * s.latency / 8
}

func benchmarkProcess(b *testing.B, c partooTenant, bin string, s step) {
	seed := filepath.Join(b.TempDir(), "seed.json")
	c.seed(b, seed)
	var dir, env string
	start := func() {
		var endpoint string
		dir = b.TempDir()
		endpoint, env = listen(b, bin, c, seed, s.latency)
		c.configuration(b, dir, endpoint)
	}
	start()
	var total run
	for b.Loop() {
		if c.absent && total.Time > 0 {
			start() // the last one created them
		}
		total.add(measure(b, env, append([]string{bin}, append(s.args, dir)...)...))
	}
	total.report(b)
	if s.latency > 0 {
		each := total.Time / time.Duration(b.N)
		b.ReportMetric(float64(each)/float64(s.floor(c)), "times-the-wait")
	}
}

// listen serves the seed until the benchmark ends, and returns the address and the
// key, as the environment has it.
func listen(b *testing.B, bin string, s fixture, seed string, latency time.Duration) (endpoint, env string) {
	b.Helper()
	p := s.product().Provider
	c := exec.Command(bin, "emulator", p.Name, "--listen", "127.0.0.1:0", "--json", "--rate", "-1", "--seed", seed, "--latency", latency.String())
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait() // it was killed, and says so
	})
	var said struct{ Endpoint, Key string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &said)
	}
	if err != nil {
		b.Fatalf("the emulator said %q: %v", line, err)
	}
	return said.Endpoint, p.KeyEnv + "=" + said.Key
}

// A run is what one process took.
type run struct {
	Time, CPU time.Duration
	Peak      int64 // bytes; 0 where it is not known
}

func (r *run) add(other run) {
	r.Time += other.Time
	r.CPU += other.CPU
	r.Peak = max(r.Peak, other.Peak)
}

// report tells what b.N runs took together.
func (r *run) report(b *testing.B) {
	b.ReportMetric(float64(r.Time.Nanoseconds())/float64(b.N), "ns/op")
	b.ReportMetric(float64(r.CPU.Milliseconds())/float64(b.N), "cpu-ms/op")
	if r.Peak > 0 {
		b.ReportMetric(float64(r.Peak)/1e6, "MB-rss")
	}
}

// measure runs a program through a small process of its own. Where the system
// counts memory, a new process begins with the peak of the one that started it,
// and a benchmark's is large.
func measure(b *testing.B, env string, args ...string) run {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	c := exec.Command(self)
	c.Args = append([]string{"measured"}, args...)
	c.Env = append(os.Environ(), env, "XDG_STATE_HOME="+b.TempDir())
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		b.Fatalf("%v: %v: %s", args, err, stderr.Bytes())
	}
	var r run
	if err := json.Unmarshal(out, &r); err != nil {
		b.Fatalf("%v: %v", args, err)
	}
	return r
}

// measured is the small process: it runs its arguments and prints what that took.
func measured() {
	c := exec.Command(os.Args[1], os.Args[2:]...)
	c.Stdout, c.Stderr = io.Discard, os.Stderr
	before := time.Now()
	if err := c.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	r := run{Time: time.Since(before), CPU: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	r.Peak, _ = peak(c.ProcessState)
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		os.Exit(1)
	}
}
