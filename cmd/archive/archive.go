// Package archive keeps files in an encrypted archive between two runs of a pipeline.
//
// An archive is a tar file, compressed with gzip and encrypted with age: "age -d -i KEY FILE | tar
// tz" lists it. Everybody who knows a public key can encrypt a file, so the last entry of the tar
// file authenticates the others: it is a MAC with a key that is derived from the secret key, and
// only a holder of that can make an archive that Verify accepts.
package archive

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"filippo.io/age"
)

// MaxBytes is the largest sum of the sizes of the files in an archive.
const MaxBytes = 1 << 30

// maxFiles is the largest number of files in an archive.
const maxFiles = 100_000

// authentication is the name of the last entry.
const authentication = "authentication"

// Errors of archives.
var (
	ErrTooLarge = fmt.Errorf("an archive holds at most %d files and %d MiB", maxFiles, MaxBytes>>20)
	ErrForged   = errors.New("it was not made with this secret key, or was changed since")
	ErrNotOurs  = errors.New("it is no archive of rolecall")
	ErrOtherKey = errors.New("it is encrypted for another key")
)

// A Key is a secret key of age, such as age-keygen prints, which decrypts and authenticates.
type Key struct {
	identity  age.Identity
	recipient age.Recipient
	mac       []byte
}

// ParseKeys reads the secret keys in a text, one a line. Lines that begin with # are ignored. An
// error does not repeat the text.
func ParseKeys(text string) ([]Key, error) {
	identities, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil {
		return nil, errors.New("it is no secret key of age, which begins with AGE-SECRET-KEY-")
	}
	keys := make([]Key, len(identities))
	for i, id := range identities {
		var secret string
		switch id := id.(type) {
		case *age.X25519Identity:
			keys[i].recipient, secret = id.Recipient(), id.String()
		case *age.HybridIdentity:
			keys[i].recipient, secret = id.Recipient(), id.String()
		default:
			return nil, errors.New("secret keys of this kind are not supported")
		}
		keys[i].identity = id
		if keys[i].mac, err = hkdf.Key(sha256.New, []byte(secret), nil, "rolecall archive 1", sha256.Size); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// ParseRecipient reads a public key of age.
func ParseRecipient(text string) (age.Recipient, error) {
	all, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil || len(all) != 1 {
		return nil, fmt.Errorf("%q is no public key of age, which begins with age1", text)
	}
	return all[0], nil
}

// A File is a file to put into an archive.
type File struct {
	Name string // with slashes, relative
	Open func() (io.ReadCloser, error)
}

// A transcript authenticates files by names and contents.
type transcript struct{ hash.Hash }

func newTranscript(key []byte) transcript { return transcript{hmac.New(sha256.New, key)} }

// begin adds the name and the size of a file, whose content is written to the transcript next.
func (t transcript) begin(name string, size int64) {
	for _, n := range []uint64{uint64(len(name)), uint64(size)} {
		t.Write(binary.BigEndian.AppendUint64(nil, n))
	}
	io.WriteString(t, name)
}
