package cmd

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	roserocketemulator "github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
)

func emulateRoseRocket(o EmulatorOptions) (*Emulation, error) {
	seed, err := emulator.ReadSeed[roserocketemulator.Seed](o.Seed)
	if err != nil {
		return nil, err
	}
	p := roserocketemulator.Options{
		State: o.State, Seed: seed, Variants: o.Variants, Faults: o.Faults, Latency: o.Latency, Rate: o.Rate, Log: o.Log, Clock: o.Now,
	}
	if o.Settings != nil {
		s := o.Settings.Body.(*roserocket.Settings)
		p.Login = roserocketemulator.Credentials{ClientID: s.ClientID, OrgID: s.OrgID, UserID: s.UserID}
	}
	s, err := roserocketemulator.New(p)
	if err != nil {
		return nil, err
	}
	c := s.Credentials()
	return &Emulation{
		Handler: s, Closer: s, Transport: s.Transport(), BaseURL: roserocketemulator.BaseURL, Path: roserocketemulator.Prefix, Key: c.ClientSecret,
		Settings: []Setting{{"org_id", c.OrgID}, {"client_id", c.ClientID}, {"user_id", c.UserID}},
		Try: func(endpoint string) []string {
			return []string{
				fmt.Sprintf(`curl -H 'Content-Type: application/json' -d '{"grant_type":"client_credentials","client_id":%q,"client_secret":%q,`+
					`"audience":%q,"org_id":%q,"user_id":%q}' %s/oauth/token`,
					c.ClientID, c.ClientSecret, roserocketemulator.Audience, c.OrgID, c.UserID, strings.TrimSuffix(endpoint, roserocketemulator.Prefix)),
				"TOKEN=...    # the access_token of that answer",
				`curl -H "Authorization: Bearer $TOKEN" ` + endpoint + "/permissions/roles/guest/objectKey/contact",
			}
		},
	}, nil
}
