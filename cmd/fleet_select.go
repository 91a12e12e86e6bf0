package cmd

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// fleetSelection chooses some of the tenants of a fleet. Without any flag it is all of them.
type fleetSelection struct {
	tenants      []string
	wave         int // 0 means all
	shard        string
	changedSince string

	flags *pflag.FlagSet // of the command
}

func (o *fleetSelection) register(c *cobra.Command) {
	o.flags = c.Flags()
	c.Flags().StringArrayVar(&o.tenants, "tenant", nil, "only the tenant `NAME` of the fleet; can be repeated")
	c.Flags().IntVar(&o.wave, "wave", 0, "only the tenants of wave `N` of the fleet")
	c.Flags().StringVar(&o.shard, "shard", "", "only the tenants of shard `I/N` of the fleet, from 0/N on; /N takes I from JOB_COMPLETION_INDEX")
	c.Flags().StringVar(&o.changedSince, "changed-since", "", "only the tenants of the fleet whose files or values changed since the commit `REV`")
}

// jobIndexEnv is where Kubernetes gives the pod of an Indexed Job its number.
const jobIndexEnv = "JOB_COMPLETION_INDEX"

// choose returns the chosen tenants in the order of the fleet.
func (o *fleetSelection) choose(ctx context.Context, f *Factory, fleet *config.Fleet, c *configFlags) ([]config.FleetTenant, error) {
	if err := o.checkNames(fleet); err != nil {
		return nil, err
	}
	if o.wave == 0 && o.flags.Changed("wave") || o.wave < 0 || o.wave > fleet.Waves {
		return nil, advise(fmt.Sprintf("The waves of %s are 1 to %d.", fleet.Path, fleet.Waves), "there is no wave %d", o.wave)
	}
	part, err := parseShard(o.shard, f.Environ)
	if err != nil {
		return nil, err
	}
	chosen := func(t *config.FleetTenant) bool {
		return (o.wave == 0 || t.Wave == o.wave) && part.has(t.Name) && (len(o.tenants) == 0 || containsFold(o.tenants, t.Name))
	}
	if o.changedSince != "" {
		changed, err := changedTenants(ctx, f, fleet, o.changedSince, c)
		if err != nil {
			return nil, err
		}
		before := chosen
		chosen = func(t *config.FleetTenant) bool { return before(t) && changed[t.Name] }
	}
	var out []config.FleetTenant
	for i := range fleet.Tenants {
		if chosen(&fleet.Tenants[i]) {
			out = append(out, fleet.Tenants[i])
		}
	}
	return out, nil
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// checkNames refuses names that no tenant has.
func (o *fleetSelection) checkNames(fleet *config.Fleet) error {
	var names []string
	for i := range fleet.Tenants {
		names = append(names, fleet.Tenants[i].Name)
	}
	for _, name := range o.tenants {
		if !containsFold(names, name) {
			return advise(strings.TrimSpace(schema.DidYouMean(name, names)+" \"rolecall fleet list\" lists the tenants."), "%s has no tenant %q", fleet.Path, name)
		}
	}
	return nil
}

// A shard is one of several parts of a fleet. The zero value has all tenants.
type shard struct{ index, of uint64 }

// maxShards is the number of indexes that a job of Kubernetes may have.
const maxShards = 100_000

func parseShard(s string, env Environment) (shard, error) {
	if s == "" {
		return shard{}, nil
	}
	first, last, ok := strings.Cut(s, "/")
	ofPod := ok && first == ""
	if ofPod {
		if first = env.env(jobIndexEnv); first == "" {
			return shard{}, advise("Kubernetes sets it in the pods of a job with completionMode: Indexed. Elsewhere, write the number of the shard, such as --shard 0"+s+".",
				"--shard %s needs the environment variable %s, which is empty", s, jobIndexEnv)
		}
	}
	index, err := strconv.ParseUint(first, 10, 32)
	of, err2 := strconv.ParseUint(last, 10, 32)
	switch {
	case !ok || err2 != nil || of == 0 || of > maxShards || err != nil && !ofPod:
		return shard{}, advise("Write it as I/N, such as --shard 0/4 for the first of four shards, or /N to take I from "+jobIndexEnv+".", "flag --shard cannot be %q", s)
	case ofPod && (err != nil || index >= of):
		return shard{}, advise(fmt.Sprintf("Let the job have as many completions as the fleet has shards: %d.", of), "there is no shard %s of %d (%s)", first, of, jobIndexEnv)
	case index >= of:
		return shard{}, advise(fmt.Sprintf("Shards are counted from 0, as the indexes of a job are. The %s: 0/%d to %d/%d.", text.Count(int(of), "shard is", "shards are"), of, of-1, of),
			"there is no shard %d of %d (flag --shard)", index, of)
	}
	return shard{index, of}, nil
}

// has reports whether a tenant is in the shard. That depends on nothing but its name, so pods that see
// different versions of a fleet, because it was changed while they were started, leave out no tenant
// that both versions have, and run none twice.
func (s shard) has(name string) bool { return s.of == 0 || shardOf(name, s.of) == s.index }

// shardOf returns the index of the shard, of so many, that a tenant is in.
func shardOf(name string, of uint64) uint64 {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return binary.BigEndian.Uint64(sum[:]) % of
}
