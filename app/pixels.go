package main

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"pneumolight/dicomio"
	"pneumolight/store"
)

func newPixels(shared *settings) *cobra.Command {
	var out string
	var frame int
	command := &cobra.Command{
		Use:   "pixels FILE --out stored.pgm",
		Short: "Write a grey film's stored values as a 16-bit PGM",
		Long: `Pixels writes the values that the file stores, decoded but neither windowed
nor inverted, as a 16-bit binary PGM. Signed values are offset by
2^(bits stored - 1).`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usageError{fmt.Errorf("pixels needs --out")}
			}
			if err := keepSource(out, args[0], "pixels"); err != nil {
				return err
			}
			film, err := dicomio.ReadFrame(cmd.Context(), args[0], frame)
			if err != nil {
				return err
			}
			if film.IsColour() {
				return fmt.Errorf("%s is a colour picture: pixels writes grey films only", args[0])
			}
			trail := startTrail(cmd.Context(), *shared, cmd.ErrOrStderr())
			defer trail.end()
			if err := writeFile(out, func(w io.Writer) error { return writePGM(w, film) }); err != nil {
				return err
			}
			trail.Record(store.PictureWritten(film.SHA256, film.Frame, "pgm"))
			return nil
		},
	}
	command.Flags().StringVar(&out, "out", "", "the PGM file to write")
	command.Flags().IntVar(&frame, "frame", 1, "which frame of a multi-frame file, from 1")
	return command
}

// writePGM writes a film's stored values, most significant byte first.
func writePGM(w io.Writer, film *dicomio.Film) error {
	if _, err := fmt.Fprintf(w, "P5\n%d %d\n65535\n", film.Width, film.Height); err != nil {
		return err
	}
	line := make([]byte, 0, 2*film.Width)
	for y := range film.Height {
		line = line[:0]
		for _, v := range film.Stored[y*film.Width : (y+1)*film.Width] {
			line = binary.BigEndian.AppendUint16(line, v)
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}
