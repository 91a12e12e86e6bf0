package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider"
)

// A Poster keeps the posts of one account up to date. Posts of other accounts are never changed and never
// taken for its own, whatever they contain.
//
// Every operation may be repeated: it looks at what is there and does what is missing. Two that run at once
// both end with the oldest post, and delete or close the others.
type Poster struct {
	Forge
	account int64
}

// NewPoster returns a Poster for the account of the token.
func NewPoster(ctx context.Context, f Forge) (*Poster, error) {
	account, err := f.Account(ctx)
	if err != nil {
		return nil, err
	}
	return &Poster{f, account}, nil
}

// An Outcome says what was done with a post.
type Outcome struct {
	Done   Action
	Post   Post   // as it is now
	Before string // its body before, if it was updated
}

// An Action is what was done with a post.
type Action string

// The actions.
const (
	None      Action = "" // there is none, and none is needed
	Unchanged Action = "unchanged"
	Created   Action = "created"
	Updated   Action = "updated"
	Reopened  Action = "reopened"
	Closed    Action = "closed"
)

// errUnmarked says that a body has no marker, so that it could not be found again.
var errUnmarked = errors.New("the first line of the post has no marker")

// maxPasses is how often a list is read to see what became of a post.
const maxPasses = 4

// errUnsettled says that others changed the same post all the time.
var errUnsettled = errors.New("the post was changed by others again and again; run the command again")

// own selects the posts of the account for which match holds, in the same order.
func (p *Poster) own(posts []Post, match func(*Post) bool) []Post {
	var out []Post
	for i := range posts {
		if posts[i].Author == p.account && match(&posts[i]) {
			out = append(out, posts[i])
		}
	}
	return out
}

// Own lists the comments of the account on a pull request whose first line has a marker, the oldest first.
func (p *Poster) Own(ctx context.Context, number int) ([]Post, error) {
	all, err := p.Comments(ctx, number)
	return p.own(all, func(c *Post) bool { return mark.MatchString(firstLine(c.Body)) }), err
}

// Comment makes the comment with a marker of body what body says.
func (p *Poster) Comment(ctx context.Context, number int, body string) (Outcome, error) {
	if body = inert(body); !mark.MatchString(firstLine(body)) {
		return Outcome{}, errUnmarked
	}
	done, lost := Unchanged, error(nil)
	for range maxPasses {
		all, err := p.Comments(ctx, number)
		if err != nil {
			return Outcome{}, err
		}
		mine := p.own(all, func(c *Post) bool { return c.marks(body) })
		if len(mine) == 0 {
			// If no answer came, the next pass sees whether the comment was created.
			if lost = p.AddComment(ctx, number, body); lost != nil && !errors.Is(lost, provider.ErrAmbiguous) {
				return Outcome{}, lost
			}
			done = Created
			continue
		}
		for _, duplicate := range mine[1:] {
			if err := p.DeleteComment(ctx, number, duplicate.ID); err != nil {
				return Outcome{}, err
			}
		}
		if same(mine[0].Body, body) {
			return Outcome{Done: done, Post: mine[0]}, nil
		}
		switch err := p.EditComment(ctx, number, mine[0].ID, body); {
		case provider.Status(err) == 404: // deleted meanwhile
		case err != nil:
			return Outcome{}, err
		default:
			mine[0].Body = body
			return Outcome{Done: Updated, Post: mine[0]}, nil
		}
	}
	return Outcome{}, cmp.Or(lost, errUnsettled)
}

// Issue makes the open issue with a marker of body what title and body say. If the issue
// was closed, it is opened again, and the comment reopened says why.
func (p *Poster) Issue(ctx context.Context, title, body, reopened string) (Outcome, error) {
	if body = inert(body); !mark.MatchString(firstLine(body)) {
		return Outcome{}, errUnmarked
	}
	done, lost := Unchanged, error(nil)
	for range maxPasses {
		open, err := p.openIssue(ctx, body)
		if err != nil {
			return Outcome{}, err
		}
		if open != nil {
			if same(open.Body, body) && open.Title == title {
				return Outcome{Done: done, Post: *open}, nil
			}
			before := open.Body
			open.Title, open.Body = title, body
			return Outcome{Updated, *open, before}, p.EditIssue(ctx, *open)
		}
		closed, err := p.ClosedIssues(ctx)
		if err != nil {
			return Outcome{}, err
		}
		if mine := p.own(closed, func(i *Post) bool { return i.marks(body) }); len(mine) > 0 && done != Created {
			again := mine[0]
			again.Title, again.Body, again.Closed = title, body, false
			if err := p.EditIssue(ctx, again); err != nil {
				return Outcome{}, err
			}
			return Outcome{Done: Reopened, Post: again}, p.CommentIssue(ctx, again.ID, inert(reopened))
		}
		// If no answer came, the next pass sees whether the issue was created.
		if lost = p.AddIssue(ctx, title, body); lost != nil && !errors.Is(lost, provider.ErrAmbiguous) {
			return Outcome{}, lost
		}
		done = Created
	}
	return Outcome{}, cmp.Or(lost, errUnsettled)
}

// openIssue returns the oldest open issue with the marker, and closes the others; nil if there is none.
func (p *Poster) openIssue(ctx context.Context, marker string) (*Post, error) {
	open, err := p.OpenIssues(ctx)
	if err != nil {
		return nil, err
	}
	mine := p.own(open, func(i *Post) bool { return i.marks(marker) })
	if len(mine) == 0 {
		return nil, nil
	}
	for _, duplicate := range mine[1:] {
		if err := p.close(ctx, duplicate, fmt.Sprintf("A duplicate of #%d.", mine[0].ID)); err != nil {
			return nil, err
		}
	}
	return &mine[0], nil
}

// CloseIssue closes the open issue with the marker, if there is one, and says why in a last comment.
func (p *Poster) CloseIssue(ctx context.Context, marker, why string) (Outcome, error) {
	open, err := p.openIssue(ctx, marker)
	if err != nil || open == nil {
		return Outcome{}, err
	}
	err = p.close(ctx, *open, why)
	open.Closed = true
	return Outcome{Done: Closed, Post: *open}, err
}

// close comments before it closes: interrupted in between, it comments again, and never closes without a
// reason.
func (p *Poster) close(ctx context.Context, issue Post, why string) error {
	if err := p.CommentIssue(ctx, issue.ID, inert(why)); err != nil && !errors.Is(err, provider.ErrAmbiguous) {
		return err
	}
	issue.Closed = true
	return p.EditIssue(ctx, issue)
}
