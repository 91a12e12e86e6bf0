package config

// A Block is one block of a kind in the files, for those who add blocks.
type Block struct {
	Kind    string
	Labels  []string
	ForEach bool
	Objects []BlockObject // what it declares itself, without what it declares in short form
}

// A BlockObject is an object of a block: its key, and each.key if the block has for_each.
type BlockObject struct{ Key, EachKey string }

// blocks lists the blocks of a tenant, kind by kind, in file order.
func (t *tenant) blocks() []Block {
	var out []Block
	for _, k := range t.Product.Kinds {
		for _, r := range t.groups[k.Name].resources {
			b := Block{Kind: k.Name, Labels: r.block.Labels, ForEach: r.forEach != nil, Objects: make([]BlockObject, len(r.instances))}
			for i := range r.instances {
				b.Objects[i] = BlockObject{r.instances[i].object.Addr.Key, r.instances[i].key}
			}
			out = append(out, b)
		}
	}
	return out
}
