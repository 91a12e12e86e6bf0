package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// existingBlocks returns by tenant the labels of the blocks in the files, and how expressions name
// what they declare.
func existingBlocks(cfg *config.Config, dir string) ([]writer.Existing, error) {
	blocks := map[schema.Pos]*hclsyntax.Block{}
	labels, comments := map[string]map[string]bool{}, map[string]bool{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the directory: %w", err)
	}
	names, _ := configurationFiles(entries)
	for _, name := range names {
		if !strings.HasSuffix(name, ".hcl") {
			continue
		}
		path := filepath.Join(dir, name)
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read a file: %w", err)
		}
		for line := range strings.Lines(string(src)) {
			if strings.HasPrefix(line, writer.CommentIndent) {
				comments[strings.TrimSpace(line)] = true
			}
		}
		parsed, _ := hclsyntax.ParseConfig(src, path, hcl.InitialPos) // it was loaded, so it has no errors
		for _, b := range parsed.Body.(*hclsyntax.Body).Blocks {
			at := b.DefRange().Start
			blocks[schema.Pos{File: path, Line: at.Line}] = b
			if labels[b.Type] == nil {
				labels[b.Type] = map[string]bool{}
			}
			labels[b.Type][strings.Join(b.Labels, "\x00")] = true
		}
	}
	out := make([]writer.Existing, len(cfg.Tenants))
	for n, t := range cfg.Tenants {
		out[n] = writer.Existing{Labels: labels, Comments: comments, References: map[string]map[string]writer.Reference{}}
		for i := range t.Objects {
			o := &t.Objects[i]
			b := blocks[schema.Pos{File: o.Pos.File, Line: o.Pos.Line}]
			if b == nil || b.Type != o.Kind.Name || len(b.Labels) != 1 || b.Body.Attributes["for_each"] != nil {
				continue
			}
			if out[n].References[b.Type] == nil {
				out[n].References[b.Type] = map[string]writer.Reference{}
			}
			out[n].References[b.Type][o.Addr.Key] = writer.Reference{Kind: b.Type, Label: b.Labels[0]}
		}
	}
	return out, nil
}
