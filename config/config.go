// Package config turns the HCL files of one directory into desired objects. It
// knows no product and no network: what blocks may be written comes in as
// schema.Products.
package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Options say how a directory is read.
type Options struct {
	Products []*schema.Product
	Vars     []string // --var name=value, in order
	VarFiles []string // --var-file, in order
	Environ  []string // as os.Environ; ROLECALL_VAR_name is read
	Version  string   // of rolecall, for required_version
}

// A Config is what the files of one directory say.
type Config struct {
	Dir     string
	Tenants []*schema.Tenant // in file order; diagnostics say where there is none
}

// Load reads a directory. The Config is complete only where the diagnostics have
// no error. All diagnostics of all files are returned, sorted by place.
func Load(dir string, o Options) (*Config, hcl.Diagnostics) { panic("not built yet") }
