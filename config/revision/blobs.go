package revision

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

// Blobs read the contents of files from one git cat-file --batch, which starts with the first one. It
// is safe for concurrent use.
type blobs struct {
	start func(in io.Reader, out io.Writer) error // runs until in ends

	mu     sync.Mutex
	in     *io.PipeWriter
	out    *bufio.Reader
	ended  chan error
	broken error // of an earlier read, after which nothing can be read
}

func newBlobs(start func(in io.Reader, out io.Writer) error) *blobs { return &blobs{start: start} }

// read returns the content of an object and its size. More than most bytes are not kept: then they
// are nil.
func (b *blobs) read(id string, most int64) ([]byte, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return nil, 0, b.broken
	}
	if b.in == nil {
		b.begin()
	}
	content, size, err := b.next(id, most)
	if err != nil && !errors.Is(err, ErrNoObject) {
		b.broken = err
	}
	if err == nil && bytes.HasPrefix(content, []byte(largeFile)) {
		return nil, 0, &filetree.Refusal{Why: "is kept in Git LFS, so a commit has no content of it"}
	}
	return content, size, err
}

// largeFile begins what a commit has in place of a file that is kept in Git LFS.
const largeFile = "version https://git-lfs.github.com/spec/"

func (b *blobs) begin() {
	in, to := io.Pipe()
	from, out := io.Pipe()
	b.in, b.out, b.ended = to, bufio.NewReader(from), make(chan error, 1)
	go func() {
		err := b.start(in, out)
		_ = in.CloseWithError(io.ErrClosedPipe) // a write to a git that has ended does not wait
		_ = out.CloseWithError(endOf(err))
		b.ended <- err
	}()
}

// endOf is what a read gets after git has ended.
func endOf(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// next asks for an object: git answers with "ID blob SIZE", the content and a line end, or with
// "ID missing".
func (b *blobs) next(id string, most int64) ([]byte, int64, error) {
	if _, err := io.WriteString(b.in, id+"\n"); err != nil {
		_, err := b.out.ReadByte() // why git has ended
		return nil, 0, fmt.Errorf("git cat-file: %w", endOf(err))
	}
	head, err := b.out.ReadString('\n')
	if err != nil {
		return nil, 0, fmt.Errorf("git cat-file: %w", err)
	}
	f := strings.Fields(head)
	if len(f) == 2 && f[1] == "missing" {
		return nil, 0, ErrNoObject
	}
	size := int64(-1)
	if len(f) == 3 && f[0] == id && f[1] == "blob" {
		size, _ = strconv.ParseInt(f[2], 10, 64)
	}
	if size < 0 {
		return nil, 0, fmt.Errorf("git cat-file answers with %q", head)
	}
	var content []byte
	if size <= most {
		content = make([]byte, size)
		_, err = io.ReadFull(b.out, content)
	} else {
		_, err = io.CopyN(io.Discard, b.out, size)
	}
	if err == nil {
		_, err = b.out.Discard(1)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("git cat-file: %w", err)
	}
	return content, size, nil
}

// close ends git and waits for it.
func (b *blobs) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.in == nil {
		return nil
	}
	_ = b.in.Close()                           // always nil
	go func() { io.Copy(io.Discard, b.out) }() // what nobody read keeps git from ending
	return <-b.ended
}
