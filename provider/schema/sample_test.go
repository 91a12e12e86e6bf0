package schema_test

import (
	"errors"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A crew has a field for each type of attribute.
type crew struct {
	Ship, Name, Captain string
	Ready               bool
	Seats               int64
	Skills              []string
	Watches             [][]string
	Notes               map[string]string
}

var errComma = errors.New("must not contain a comma")

func noComma(s string) error {
	if strings.Contains(s, ",") {
		return errComma
	}
	return nil
}

// crewKind has two key attributes, every type, and a rule of each sort.
func crewKind() *schema.Kind {
	return &schema.Kind{
		Name: "crew", Plural: "crew", Subject: true,
		Attributes: []schema.Attribute{
			schema.Ref("ship", "Where.", func(c *crew) *string { return &c.Ship }).To("ship").With(schema.Key | schema.Required),
			schema.String("name", "Who.", func(c *crew) *string { return &c.Name }).
				With(schema.Key | schema.Label | schema.Required | schema.FoldCase).Check(noComma),
			schema.Ref("captain", "Boss.", func(c *crew) *string { return &c.Captain }).To("crew", "officer"),
			schema.Bool("ready", "Rested.", func(c *crew) *bool { return &c.Ready }),
			schema.Int("seats", "Chairs.", func(c *crew) *int64 { return &c.Seats }),
			schema.Set("skills", "Can do.", func(c *crew) *[]string { return &c.Skills }).Values("cook", "sail", "steer").Normal(strings.ToLower),
			schema.RefSets("watches", "Who is up with whom.", func(c *crew) *[][]string { return &c.Watches }).To("crew").Through("watch"),
			schema.Map("notes", "Words.", func(c *crew) *map[string]string { return &c.Notes }),
		},
	}
}

func full() *crew {
	return &crew{
		Ship: "argo", Name: "ana", Captain: "jason", Ready: true, Seats: 2,
		Skills: []string{"cook", "sail"}, Watches: [][]string{{"ana", "ben"}, {"carl"}}, Notes: map[string]string{"b": "2", "a": "1"},
	}
}
