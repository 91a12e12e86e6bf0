package cmd

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	uberallemulator "github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

func emulateUberall(o EmulatorOptions) (*Emulation, error) {
	seed, err := emulator.ReadSeed[uberallemulator.Seed](o.Seed)
	if err != nil {
		return nil, err
	}
	p := uberallemulator.Options{
		State: o.State, Seed: seed, Variants: o.Variants, Faults: o.Faults, Latency: o.Latency, Rate: o.Rate, Log: o.Log, Clock: o.Now,
	}
	if o.Settings != nil {
		if id, ok := o.Settings.Any("sales_partner_id").(int64); ok {
			p.SalesPartner = int(id)
		}
	}
	s, err := uberallemulator.New(p)
	if err != nil {
		return nil, err
	}
	key, email := s.Key(), s.Admin()
	return &Emulation{
		Handler: s, Closer: s, Transport: s.Transport(), BaseURL: uberallemulator.BaseURL, Path: uberallemulator.Prefix, Key: key,
		Settings: []Setting{{"sales_partner_id", s.SalesPartner()}, {"email", email}},
		Try: func(endpoint string) []string {
			return []string{
				"curl -H 'privateKey: " + key + "' " + endpoint + "/users",
				fmt.Sprintf(`curl -H 'Content-Type: application/json' -d '{"email":%q,"private_key":%q}' %s/users/login`, email, key, endpoint),
			}
		},
	}, nil
}
