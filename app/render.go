package main

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"io"

	"github.com/spf13/cobra"

	"pneumolight/dicomio"
	"pneumolight/reading"
	"pneumolight/render"
	"pneumolight/store"
)

// overlayOpacity is how strongly a written overlay covers the film.
const overlayOpacity = 0.5

func newRender(shared *settings) *cobra.Command {
	var out string
	var overlay bool
	command := &cobra.Command{
		Use:   "render FILE --out film.png",
		Short: "Write a film as the viewer would show it first",
		Long: `Render writes a PNG of the film at its full size, with the window that the
file asks for. With --overlay the model's heat map lies over it; a film that
the model does not judge is written without one, and the exit code is 1.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usageError{fmt.Errorf("render needs --out")}
			}
			if err := keepSource(out, args[0], "picture"); err != nil {
				return err
			}
			film, err := dicomio.ReadFile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			trail := startTrail(cmd.Context(), *shared, cmd.ErrOrStderr())
			defer trail.end()
			if !overlay {
				return writePicture(out, trail, film, render.Film(film, film.DefaultWindow()))
			}
			model, err := openModel(*shared)
			if err != nil {
				return err
			}
			defer model.Close()
			analysis, err := writeOverlay(cmd.Context(), model, trail, film, out)
			if err != nil {
				return err
			}
			if analysis.Status != reading.StatusOK {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s: %s\n", args[0], analysis.Status, analysis.Reason())
				return errSomeFailed
			}
			return nil
		},
	}
	command.Flags().StringVar(&out, "out", "", "the PNG file to write")
	command.Flags().BoolVar(&overlay, "overlay", false, "lay the model's heat map over the film")
	return command
}

// writeOverlay analyses a film and writes it with the heat map, if any, over it.
func writeOverlay(ctx context.Context, model reading.Predictor, trail *trail, film *dicomio.Film, out string) (reading.Analysis, error) {
	analysis, err := reading.Analyse(ctx, model, film, false)
	if err != nil {
		return analysis, err
	}
	trail.analysed(analysis)
	picture := render.Film(film, film.DefaultWindow())
	if analysis.Status == reading.StatusOK {
		render.Overlay(picture, analysis.Prediction.Map, render.RegionThreshold, overlayOpacity)
	}
	return analysis, writePicture(out, trail, film, picture)
}

// writePicture writes a film's picture as PNG.
func writePicture(path string, trail *trail, film *dicomio.Film, picture image.Image) error {
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := writeFile(path, func(w io.Writer) error { return encoder.Encode(w, picture) }); err != nil {
		return err
	}
	trail.Record(store.PictureWritten(film.SHA256, film.Frame, "png"))
	return nil
}
