package cmd

import (
	"github.com/rolecall-dev/rolecall/provider/emulator"
	tinesemulator "github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

func emulateTines(o EmulatorOptions) (*Emulation, error) {
	seed, err := emulator.ReadSeed[tinesemulator.Seed](o.Seed)
	if err != nil {
		return nil, err
	}
	p := tinesemulator.Options{
		State: o.State, Seed: seed, Variants: o.Variants, Faults: o.Faults, Latency: o.Latency, Rate: o.Rate, Log: o.Log, Clock: o.Now,
	}
	s, err := tinesemulator.New(p)
	if err != nil {
		return nil, err
	}
	key := s.Key()
	return &Emulation{
		Handler: s, Closer: s, Transport: s.Transport(), BaseURL: tinesemulator.BaseURL, Path: tinesemulator.BasePath, Key: key,
		Try: func(endpoint string) []string {
			return []string{"curl -H 'Authorization: Bearer " + key + "' " + endpoint + "/admin/roles"}
		},
	}, nil
}
