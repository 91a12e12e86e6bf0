package cmd

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/cmd/archive"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// journalKeyEnv is the environment variable with the secret keys of archives.
const journalKeyEnv = "ROLECALL_JOURNAL_KEY"

const journalKeyHint = "Create a key with age-keygen, and store the line AGE-SECRET-KEY-1... as a secret that only the jobs of apply and drift get: both need the same."

func newCIJournalCommand(f *Factory) *cobra.Command {
	c := &cobra.Command{
		Use:   "journal COMMAND",
		Short: "Keep journals and the baseline between runs of a pipeline",
		Long: "Packs the journals and the baseline beside a configuration into an encrypted archive, and unpacks it before the next run. " +
			"A pipeline begins with an empty directory, and without its journals rolecall does not know what was removed within 24 hours, " +
			"what drift may compare with, and what it wrote if the product does not show it.\n\n" +
			"The archive holds names and addresses of people, encrypted with age for the secret key in " + journalKeyEnv + " and for each --recipient. " +
			"unpack accepts only archives that were made with a key in " + journalKeyEnv + ": everybody who can read a public key could forge others. " +
			"To change the key, write the new one in its first line and keep the old one in the second for one run.",
		Example: "  rolecall ci journal unpack journal.age access\n" +
			"  rolecall ci journal pack --out journal.age access",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	c.AddCommand(newJournalPackCommand(f), newJournalUnpackCommand(f))
	return c
}

func newJournalPackCommand(f *Factory) *cobra.Command {
	var out string
	var recipients []string
	c := &cobra.Command{
		Use:   "pack --out FILE [DIR]",
		Short: "Write the journals and the baseline into an encrypted archive",
		Long: "Writes all journals and the baseline of the configuration in DIR (default: the current directory) into an archive. " +
			"Run it also if apply failed: its journal says what was written.",
		Example: "  rolecall ci journal pack --out journal.age access\n" +
			"  rolecall ci journal pack --out journal.age --recipient age1... access    # an auditor can read it too",
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return advise("Write --out journal.age.", "pack needs a file to write")
			}
			return packJournal(f, directory(args), out, recipients)
		},
	}
	c.Flags().StringVar(&out, "out", "", "write the archive to `FILE`")
	c.Flags().StringArrayVar(&recipients, "recipient", nil, "let the holder of the secret key of this `PUBLICKEY` read the archive too; can be repeated")
	return c
}

func newJournalUnpackCommand(f *Factory) *cobra.Command {
	return &cobra.Command{
		Use:   "unpack FILE [DIR]",
		Short: "Restore the journals and the baseline from an archive",
		Long: "Writes the journals and the baseline in an archive beside the configuration in DIR (default: the current directory). " +
			"It overwrites nothing: a file that exists with another content is an error.",
		Example:           "  rolecall ci journal unpack journal.age access",
		Args:              between(1, 2, "an archive, and at most one directory"),
		ValidArgsFunction: completeFiles("age"),
		RunE: func(_ *cobra.Command, args []string) error {
			return unpackJournal(f, args[0], directory(args[1:]))
		},
	}
}

// journalKeys reads the secret keys of archives. They are added to the secrets.
func (f *Factory) journalKeys() ([]archive.Key, error) {
	value := f.Environ.env(journalKeyEnv)
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			f.secrets.Add(line)
		}
	}
	if strings.TrimSpace(value) == "" {
		return nil, withCode(exitCredentials, advise(journalKeyHint, "the environment variable %s is empty", journalKeyEnv))
	}
	keys, err := archive.ParseKeys(value)
	if err != nil {
		return nil, withCode(exitCredentials, advise(journalKeyHint, "environment variable %s: %w", journalKeyEnv, err))
	}
	return keys, nil
}

func packJournal(f *Factory, dir, out string, recipients []string) error {
	keys, err := f.journalKeys()
	if err != nil {
		return err
	}
	var readers []age.Recipient
	for _, r := range recipients {
		reader, err := archive.ParseRecipient(r)
		if err != nil {
			return advise("Write the public key that age-keygen prints.", "flag --recipient: %w", err)
		}
		readers = append(readers, reader)
	}
	files, err := recordedFiles(dir)
	if err != nil {
		return err
	}
	if err := saveFile(out, func(w io.Writer) error { return archive.Write(w, files, keys[0], readers...) }); err != nil {
		if errors.Is(err, archive.ErrTooLarge) {
			return advise("Move the oldest journals to another place.", "the journals cannot be packed: %w", err)
		}
		return fmt.Errorf("the journals cannot be packed in %s: %w", out, err)
	}
	fmt.Fprintf(f.Out, "Packed %s in %s.\n", text.Count(len(files), "file", "files"), text.Clean(out))
	return nil
}
