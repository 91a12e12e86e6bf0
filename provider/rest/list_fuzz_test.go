package rest_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A script is what a product says on its pages, six bytes for each: how many pages
// there are, how many items, how many of them are on this page, the first of them,
// how far one is from the next, and the token of the next page. After the last
// page it begins again.
type script []byte

const line = 6

// numbers are those that products should not say, for the highest bytes.
var numbers = map[byte]int{255: -1, 254: math.MaxInt, 253: math.MinInt, 252: 1 << 40, 251: 100_000}

func number(b byte) int {
	if n, special := numbers[b]; special {
		return n
	}
	return int(b)
}

func (s script) page(at rest.At, asked int) rest.Page[item] {
	i := (at.Number - 1) % (len(s) / line) * line
	b := s[i : i+line]
	p := rest.Page[item]{Pages: number(b[0]), Total: number(b[1])}
	for n := range int(b[2] % 16) {
		p.Items = append(p.Items, item{strconv.Itoa(int(b[3]) + n*int(b[4]%4))})
	}
	switch b[5] {
	case 0:
	case 255: // another one each time
		p.Next = "token " + strconv.Itoa(asked)
	default:
		p.Next = strconv.Itoa(int(b[5]))
	}
	return p
}

// distinct is more items than a script can tell apart.
const distinct = 1 << 10

// FuzzList: whatever the pages say, reading them ends; a list that comes without
// an error has nothing twice and everything that was announced, and an error comes
// alone.
func FuzzList(f *testing.F) {
	f.Add([]byte{1, 3, 3, 0, 1, 0}, 0)
	f.Add([]byte{3, 7, 3, 0, 1, 0, 3, 7, 3, 3, 1, 0, 3, 7, 1, 6, 1, 0}, 2)       // by number
	f.Add([]byte{0, 7, 3, 0, 1, 0, 0, 7, 3, 3, 1, 0, 0, 7, 1, 6, 1, 0}, 8)       // by offset
	f.Add([]byte{0, 255, 3, 0, 1, 1, 0, 255, 3, 3, 1, 2, 0, 255, 1, 6, 1, 0}, 0) // by token
	f.Add([]byte{254, 255, 3, 0, 1, 0}, 8)                                       // more pages than anything holds
	f.Add([]byte{0, 254, 3, 0, 1, 0}, 8)
	f.Add([]byte{0, 255, 3, 0, 1, 255}, 0)                                       // always one more page
	f.Add([]byte{3, 255, 3, 0, 1, 0, 3, 255, 0, 0, 1, 0, 3, 255, 3, 3, 1, 0}, 1) // a hole
	f.Fuzz(func(t *testing.T, text []byte, workers int) {
		s := script(text[:len(text)/line*line])
		if len(s) == 0 {
			return
		}
		workers = min(workers, 16)
		var asked atomic.Int64
		read := make([]atomic.Bool, len(s)/line)
		got, err := collect(rest.List[item]{
			Op: "list items", ID: func(x *item) string { return x.ID }, Workers: workers,
			Fetch: func(ctx context.Context, at rest.At) (rest.Page[item], error) {
				n := int(asked.Add(1))
				if n > 3*(distinct+max(8, workers)) {
					t.Errorf("it does not end")
					return rest.Page[item]{}, errors.New("enough")
				}
				read[(at.Number-1)%len(read)].Store(true)
				return s.page(at, n), ctx.Err()
			},
		})
		if err != nil {
			if len(got) > 0 {
				t.Errorf("%d items came before the error %v", len(got), err)
			}
			return
		}
		slices.Sort(got)
		if n := len(got); len(slices.Compact(got)) != n {
			t.Errorf("something came twice")
		}
		checkWhole(t, s.page(rest.At{Number: 1}, 1), len(got), read, s)
	})
}

// checkWhole holds a list that came against what its first page announced.
func checkWhole(t *testing.T, first rest.Page[item], n int, read []atomic.Bool, s script) {
	if first.Total >= 0 && n != first.Total {
		t.Errorf("%d of %d items came without an error", n, first.Total)
	}
	if first.Next != "" || first.Pages < 2 {
		return
	}
	for i := range min(first.Pages, len(read)) {
		if !read[i].Load() {
			t.Errorf("page %d was not read", i+1)
		}
		if p := s.page(rest.At{Number: i + 1}, 1); len(p.Items) == 0 && i < first.Pages-1 {
			t.Errorf("page %d of %d is empty, and the list came without an error", i+1, first.Pages)
		}
	}
}
