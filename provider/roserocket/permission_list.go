package roserocket

import (
	"context"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Permissions lists the fields of each object of which the files declare a
// permission. Rose Rocket has no list of objects, and shows the fields of one only in
// the permission of a role.
func (c *client) Permissions(ctx context.Context, declared []schema.Object) (provider.Permissions, error) {
	out := provider.Permissions{Attribute: "read", BySection: true}
	var asked []*schema.Object
	for i := range declared {
		if declared[i].Kind == &permissionKind {
			asked = append(asked, &declared[i])
		}
	}
	if len(asked) == 0 {
		out.Notes = []string{"Rose Rocket lists neither roles nor objects, so only the fields of objects for which the files declare a permission can be shown, " +
			"and they declare none. Declare one, such as permission \"sales\" \"order\" {}, and run the command again."}
		return out, nil
	}
	out.Notes = []string{"Rose Rocket lists neither roles nor objects. These are the fields of the objects for which the files declare a permission; " +
		"they go into edit, read or hide of its fields."}
	readings, err := c.readAll(ctx, asked)
	if err != nil {
		return provider.Permissions{}, err
	}
	fields := map[string][]string{} // by object
	unread := false
	for _, o := range asked {
		d := readings[o.Addr.Key].doc
		if d == nil {
			unread = true
			continue
		}
		object := o.Body.(*Permission).Object
		for _, f := range *d.Data.Fields {
			fields[object] = append(fields[object], f.Key)
		}
	}
	if unread {
		out.Notes = append(out.Notes, "Some declared permissions could not be read; \"rolecall plan\" says which ones and why.")
	}
	for _, object := range slices.Sorted(maps.Keys(fields)) {
		for _, f := range schema.Canonical(fields[object]) {
			out.List = append(out.List, provider.Permission{Name: f, Section: object})
		}
	}
	return out, nil
}
