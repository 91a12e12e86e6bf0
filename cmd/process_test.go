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
	bin := filepath.Join(b.TempDir(), "rolecall.exe")
	if out, err := exec.Command("go", "build", "-o", bin, "./rolecall").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v: %s", err, out)
	}
	for _, step := range []struct {
		name  string
		args  []string
		moved int
	}{
		{"validate", []string{"validate"}, 0},
		{"unchanged", []string{"plan", "--detailed-exitcode"}, 0},
		{"one-percent", []string{"plan"}, 100},
	} {
		b.Run(step.name, func(b *testing.B) {
			for _, c := range crowds(step.moved) {
				b.Run(c.String(), func(b *testing.B) { benchmarkProcess(b, c, bin, step.args) })
			}
		})
	}
}

func benchmarkProcess(b *testing.B, c crowd, bin string, args []string) {
	dir := b.TempDir()
	seed := filepath.Join(b.TempDir(), "seed.json")
	c.seed(b, seed)
	endpoint, key := listen(b, bin, seed)
	c.configuration(b, dir, endpoint)
	var total run
	for b.Loop() {
		r := measure(b, "PARTOO_API_KEY="+key, append([]string{bin}, append(args, dir)...)...)
		total.Time += r.Time
		total.CPU += r.CPU
		total.Peak = max(total.Peak, r.Peak)
	}
	b.ReportMetric(float64(total.Time.Nanoseconds())/float64(b.N), "ns/op")
	b.ReportMetric(float64(total.CPU.Milliseconds())/float64(b.N), "cpu-ms/op")
	if total.Peak > 0 {
		b.ReportMetric(float64(total.Peak)/1e6, "MB-rss")
	}
}

// listen serves the seed until the benchmark ends.
func listen(b *testing.B, bin, seed string) (endpoint, key string) {
	b.Helper()
	c := exec.Command(bin, "emulator", "partoo", "--listen", "127.0.0.1:0", "--json", "--rate", "-1", "--seed", seed)
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
	var s struct{ Endpoint, Key string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s)
	}
	if err != nil {
		b.Fatalf("the emulator said %q: %v", line, err)
	}
	return s.Endpoint, s.Key
}

// A run is what one process took.
type run struct {
	Time, CPU time.Duration
	Peak      int64 // bytes; 0 where it is not known
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
	c.Env = append(os.Environ(), env)
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
