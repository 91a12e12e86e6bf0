package drift

import "github.com/rolecall-dev/rolecall/provider/schema"

// granteesOf lists the subjects who have the rights of an object beside itself.
func granteesOf(o *schema.Object) []schema.Address {
	i := o.Kind.Index(o.Kind.Grantee)
	if o.Kind.Grantee == "" || i < 0 || len(o.Kind.Attributes[i].Kinds) == 0 || !o.Set.Has(i) {
		return nil
	}
	var out []schema.Address
	a := &o.Kind.Attributes[i]
	a.Each(o.Body, func(key string) {
		out = append(out, schema.Address{Provider: o.Addr.Provider, Kind: a.Kinds[0], Key: key})
	})
	return out
}

// granteeOf returns the only subject who has the rights of an object, or the object's address.
func granteeOf(o *schema.Object) schema.Address {
	if list := granteesOf(o); len(list) == 1 && o.Kind.Parent() != nil {
		return list[0]
	}
	return o.Addr
}
