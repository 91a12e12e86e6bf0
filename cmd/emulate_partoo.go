package cmd

import (
	"github.com/rolecall-dev/rolecall/provider/emulator"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

func emulatePartoo(o EmulatorOptions) (*Emulation, error) {
	seed, err := emulator.ReadSeed[partooemulator.Seed](o.Seed)
	if err != nil {
		return nil, err
	}
	p := partooemulator.Options{
		State: o.State, Seed: seed, Variants: o.Variants, Faults: o.Faults, Latency: o.Latency, Rate: o.Rate, Log: o.Log, Clock: o.Now,
	}
	if o.Settings != nil {
		if org, ok := o.Settings.Any("org_id").(int64); ok {
			p.OrgID = int(org)
		}
	}
	s, err := partooemulator.New(p)
	if err != nil {
		return nil, err
	}
	key := s.Key()
	return &Emulation{
		Handler: s, Closer: s, Transport: s.Transport(), BaseURL: partooemulator.BaseURL, Path: "/v2", Key: key,
		Settings: []Setting{{"org_id", s.Org()}},
		Try: func(endpoint string) []string {
			return []string{"curl -H 'x-APIKey: " + key + "' " + endpoint + "/user/me"}
		},
	}, nil
}
