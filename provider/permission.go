package provider

import (
	"context"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A PermissionLister lists what roles of the tenant can grant, as far as the key can see it.
// It is optional.
type PermissionLister interface {
	// Permissions reads the list with requests that only read. Declared are the objects
	// of the files, not resolved, for products that show only what they are asked about.
	// It returns an error if the list may be incomplete for a reason that Notes of the
	// result do not name.
	Permissions(ctx context.Context, declared []schema.Object) (Permissions, error)
}

// Permissions are what roles of a tenant can grant. The zero value is an empty list.
type Permissions struct {
	List []Permission // in the order in which people should read them: by section
	// Attribute is the attribute of a role's block, or the key in it, that takes a list
	// of the names: "permissions".
	Attribute string
	// BySection says that a list never contains names of different sections.
	BySection bool
	Notes     []string // what a reader should know about the list; full sentences
}

// A Permission is one right that a role can grant.
type Permission struct {
	Name        string   // as the files write it: "business_edit"
	Section     string   // "presence / presence_pages"; empty if the product has no sections
	DependsOn   []string // names of permissions that the product requires beside it
	DisabledFor []string // roles for which the product disables it
	GrantedBy   []string // roles that grant it, if the product shows that instead of a list of permissions
}
