package cmd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/cmd/lease"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// leaseScheme begins the value of --lock that takes leases of Kubernetes.
const leaseScheme = "k8s-lease://"

// locking returns the factory with the locks of tenants that --lock asks for: files on this machine, unless it names
// leases.
func (f *Factory) locking(flag string) (*Factory, error) {
	if flag == "" {
		return f, nil
	}
	namespace, ok := strings.CutPrefix(flag, leaseScheme)
	if !ok {
		return nil, advise("Write "+leaseScheme+"NAMESPACE, or leave out the namespace for that of the pod.", "flag --lock cannot be %q", flag)
	}
	pod := lease.Pod{Host: f.Environ.env("KUBERNETES_SERVICE_HOST"), Port: f.Environ.env("KUBERNETES_SERVICE_PORT"), Directory: f.ServiceAccount}
	c, err := pod.Client(namespace)
	switch {
	case errors.Is(err, lease.ErrNotInPod):
		return nil, advise("Leases are for pods whose service account is mounted (automountServiceAccountToken). Elsewhere, leave out --lock: then a file on this machine is the lock.",
			"--lock %s: %w", flag, err)
	case err != nil:
		return nil, advise("Nothing was changed.", "--lock %s: %w", flag, err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "a pod"
	}
	c.Holder, c.Now, c.Wait = host+" "+strings.ToLower(rand.Text()[:8]), f.Now, f.Wait
	if c.Wait == nil {
		c.Wait = provider.Sleep
	}
	out := *f
	out.leases = c
	return &out, nil
}

// lockTenants excludes other applies to the connected tenants until close.
func (c *connections) lockTenants(ctx context.Context) error {
	names := tenantLocks(c.all)
	if c.f.leases == nil {
		return c.lock(names)
	}
	for _, n := range sortedLocks(names) {
		l, err := c.f.leases.Acquire(ctx, "rolecall-"+n.file(), n.title, func(holder string) {
			fmt.Fprintln(c.f.Err, text.Wrap(fmt.Sprintf("%s holds the lease for %s. Waiting up to %d seconds to see whether it is running.", holder, n.title, lease.Duration/time.Second), c.f.Width))
		})
		if err != nil {
			return adviseLease(err)
		}
		c.leases = append(c.leases, l)
		c.locks = append(c.locks, func() {
			if err := l.Release(); err != nil {
				c.f.report(fmt.Errorf("the lease for %s was not given back, so the next run waits for its end: %w", n.title, err))
			}
		})
	}
	for _, t := range c.all {
		t.gate.held = c.held
	}
	return nil
}

func adviseLease(err error) error {
	var refused *lease.RefusedError
	switch {
	case errors.Is(err, lease.ErrHeld):
		return advise("Nothing was changed. Wait for it to end, or stop it.", "%w", err)
	case errors.As(err, &refused):
		return advise("Nothing was changed. The service account of the pod needs the verbs get, create and update on leases of coordination.k8s.io in that namespace.", "%w", err)
	}
	return advise("Nothing was changed.", "%w", err)
}

// held returns why nothing may be written any more, or nil.
func (c *connections) held() error {
	for _, l := range c.leases {
		if err := l.Held(); err != nil {
			return err
		}
	}
	return nil
}

// whileHeld returns a context that also ends when a lease is lost, and a function that waits for what it started.
func (c *connections) whileHeld(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	for _, l := range c.leases {
		watching.Go(func() {
			select {
			case <-ctx.Done():
			case <-l.Lost():
				cancel()
			}
		})
	}
	return ctx, func() { cancel(); watching.Wait() }
}
