package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

func newKey(t testing.TB) (Key, string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ParseKeys("# created by a test\n" + id.String() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return keys[0], id.String()
}

func fileOf(name, content string) File {
	return File{name, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func written(t testing.TB, key Key, files []File, recipients ...age.Recipient) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, files, key, recipients...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(b []byte, keys ...Key) (map[string]string, error) {
	got := map[string]string{}
	err := Read(bytes.NewReader(b), keys, func(name string, content io.Reader) error {
		all, err := io.ReadAll(content)
		got[name] = string(all)
		return err
	})
	return got, err
}

var twoFiles = []File{fileOf("journal/a.jsonl", "{}\n"), fileOf("baseline.json", "")}

func TestRoundTrip(t *testing.T) {
	key, _ := newKey(t)
	auditor, secret := newKey(t)
	b := written(t, key, twoFiles, auditor.recipient)
	if bytes.Contains(b, []byte("journal")) {
		t.Error("a name is not encrypted")
	}
	got, err := read(b, key)
	if diff := cmp.Diff(map[string]string{"journal/a.jsonl": "{}\n", "baseline.json": ""}, got); err != nil || diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
	// A recipient can decrypt it, with age as well, but rolecall does not accept it with that key.
	if _, err := read(b, auditor); !errors.Is(err, ErrForged) {
		t.Errorf("a recipient is taken for the writer: %v", err)
	}
	id, err := age.ParseX25519Identity(secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := age.Decrypt(bytes.NewReader(b), id); err != nil {
		t.Error(err)
	}
	// After a change of the key the old one is accepted while it is there.
	next, _ := newKey(t)
	if _, err := read(b, next, key); err != nil {
		t.Error(err)
	}
	if _, err := read(b, next); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("another key: %v", err)
	}
}

// Who knows only the public key can encrypt a file for it, and no such file is accepted.
func TestForged(t *testing.T) {
	key, _ := newKey(t)
	attacker, _ := newKey(t)
	b := written(t, attacker, twoFiles, key.recipient)
	if _, err := read(b, key); !errors.Is(err, ErrForged) {
		t.Errorf("a forged archive: %v", err)
	}
}

// entry is an entry of a tar file.
type entry struct {
	name, content string
	kind          byte
}

func sealed(t testing.TB, key Key, tail string, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	e, err := age.Encrypt(&b, key.recipient)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(e)
	if _, err := z.Write(tarOf(t, entries...)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, tail); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, x := range entries {
		h := header(x.name, int64(len(x.content)))
		if x.kind != 0 {
			h.Typeflag, h.Linkname, h.Size = x.kind, "/etc/passwd", 0
			x.content = ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, x.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// macOf authenticates entries as Write does.
func macOf(key Key, entries ...entry) entry {
	m := newTranscript(key.mac)
	for _, x := range entries {
		m.begin(x.name, int64(len(x.content)))
		io.WriteString(m, x.content)
	}
	return entry{name: authentication, content: string(m.Sum(nil))}
}

func TestDamaged(t *testing.T) {
	key, _ := newKey(t)
	a, b := entry{name: "journal/a.jsonl", content: "{}"}, entry{name: "journal/b.jsonl", content: "{}"}
	good := sealed(t, key, "", a, b, macOf(key, a, b))
	if _, err := read(good, key); err != nil {
		t.Fatal(err)
	}
	moved := entry{name: "journal/a.jsonl{", content: "}"} // the same bytes, divided elsewhere
	for name, x := range map[string]struct {
		archive []byte
		want    string
	}{
		"cut":                     {good[:len(good)-20], "corrupted"},
		"empty":                   {nil, ErrNotOurs.Error()},
		"text":                    {[]byte("age-encryption.org/v1\n"), ErrNotOurs.Error()},
		"no authentication":       {sealed(t, key, "", a, b), "no authentication"},
		"one file less":           {sealed(t, key, "", a, macOf(key, a, b)), ErrForged.Error()},
		"one file more":           {sealed(t, key, "", a, b, macOf(key, a)), ErrForged.Error()},
		"other order":             {sealed(t, key, "", b, a, macOf(key, a, b)), ErrForged.Error()},
		"other division":          {sealed(t, key, "", moved, macOf(key, a)), ErrForged.Error()},
		"after the authenticator": {sealed(t, key, "", a, macOf(key, a), b), "something follows"},
		"after the end":           {sealed(t, key, strings.Repeat("x", 2000), a, macOf(key, a)), "something follows"},
		"a link":                  {sealed(t, key, "", entry{"journal/a.jsonl", "", tar.TypeSymlink}), "no plain file"},
		"a folder":                {sealed(t, key, "", entry{"journal/", "", tar.TypeDir}), "no plain file"},
	} {
		if _, err := read(x.archive, key); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
}

func TestTooLarge(t *testing.T) {
	key, _ := newKey(t)
	if err := Write(io.Discard, make([]File, maxFiles+1), key); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too many files: %v", err)
	}
	// The header states the size, so no large file is needed to refuse one.
	var b bytes.Buffer
	if err := tar.NewWriter(&b).WriteHeader(header("journal/a.jsonl", MaxBytes+1)); err != nil {
		t.Fatal(err)
	}
	never := func(string, io.Reader) error { t.Error("the file is read"); return nil }
	if err := readTar(&b, []Key{key}, never); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a large file: %v", err)
	}
}

func TestParseKeys(t *testing.T) {
	_, secret := newKey(t)
	for _, bad := range []string{"", "secret-of-the-test", secret[:len(secret)-1], strings.TrimPrefix(secret, "AGE-")} {
		if _, err := ParseKeys(bad); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", secret, "age1", "ssh-ed25519 AAAA"} {
		if _, err := ParseRecipient(bad); err == nil {
			t.Errorf("%q is a public key", bad)
		}
	}
}

// Whatever an archive holds, it is only accepted with the right authentication.
func FuzzReadTar(f *testing.F) {
	key, _ := newKey(f)
	a := entry{name: "journal/a.jsonl", content: "{}"}
	f.Add(tarOf(f, a, entry{name: authentication, content: strings.Repeat("x", 32)}))
	f.Add(tarOf(f, a))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := readTar(bytes.NewReader(b), []Key{key}, func(string, io.Reader) error { return nil }); err == nil {
			t.Error("accepted")
		}
	})
}
