package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/writer"
)

// existingBlocks returns by tenant the labels of the blocks in the files, how expressions name what
// they declare, and the comments about what is not declared.
func existingBlocks(cfg *config.Config, dir string) ([]writer.Existing, error) {
	comments, err := existingComments(dir)
	if err != nil {
		return nil, err
	}
	out := make([]writer.Existing, len(cfg.Tenants))
	for n := range cfg.Tenants {
		e := writer.Existing{Comments: comments, Labels: map[string]map[string]bool{}, References: map[string]map[string]writer.Reference{}}
		for _, b := range cfg.Blocks[n] {
			if e.Labels[b.Kind] == nil {
				e.Labels[b.Kind], e.References[b.Kind] = map[string]bool{}, map[string]writer.Reference{}
			}
			e.Labels[b.Kind][strings.Join(b.Labels, "\x00")] = true
			if len(b.Labels) != 1 {
				continue // no expression names its objects
			}
			for _, o := range b.Objects {
				e.References[b.Kind][o.Key] = writer.Reference{Kind: b.Kind, Label: b.Labels[0], Key: o.EachKey}
			}
		}
		out[n] = e
	}
	return out, nil
}

// existingComments returns the lines of the files about objects that are not declared.
func existingComments(dir string) (map[string]bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the directory: %w", err)
	}
	comments := map[string]bool{}
	names, _ := configurationFiles(entries)
	for _, name := range names {
		src, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("cannot read a file: %w", err)
		}
		for line := range strings.Lines(string(src)) {
			if strings.HasPrefix(line, writer.CommentIndent) {
				comments[strings.TrimSpace(line)] = true
			}
		}
	}
	return comments, nil
}
