package emulator

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// listBoards answers with the boards that the caller's role can see. The documentation has
// the filter in the body of a GET.
func (s *Server) listBoards(c *call) (any, error) {
	f, err := s.navFilter(c)
	if err != nil {
		return nil, err
	}
	boards := []any{}
	for key, o := range s.objects.All() {
		if f.object != "" && f.object != key {
			continue
		}
		for _, name := range s.visibleBoards(c.user.Role, o) {
			boards = append(boards, map[string]any{
				"id": uuid("board", key+"/"+name), "name": name, "icon": "table", "objectKey": key,
				"createdAt": "2024-01-01T00:00:00Z", "isExternal": false,
			})
		}
	}
	boards = boards[min(f.offset, len(boards)):]
	if f.limit >= 0 {
		boards = boards[:min(f.limit, len(boards))]
	}
	return boards, nil
}

type navFilter struct {
	object        string
	limit, offset int // limit -1 means all
}

// navFilter reads the filter from the body, as the reference documents.
func (s *Server) navFilter(c *call) (f navFilter, err error) {
	b, err := c.object()
	if err != nil {
		return f, err
	}
	f.object, _ = emulator.Field[string](b, "objectKey", "objectKey must be a string")
	limit, limited := count(b, "limit")
	f.offset, _ = count(b, "offset")
	if f.limit = limit; !limited {
		f.limit = -1
	}
	return f, wrong(b)
}

func (s *Server) visibleBoards(role string, o *Object) []string {
	p := s.permissions.Find(at(role, o.Key))
	if p == nil {
		return nil
	}
	visible := slices.Clone(o.Boards)
	for _, b := range p.parse().boards {
		if is(b, "isDisabled") {
			visible = slices.DeleteFunc(visible, func(key string) bool { return key == keyOf(b) })
		}
	}
	return visible
}
