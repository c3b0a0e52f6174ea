package inference_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pneumolight/assets"
	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/testdata"
)

// listed is one line of a data set's films.csv, by column.
type listed map[string]string

func filmsOf(t *testing.T, set string) []listed {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata.Folder(t, set), "films.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var films []listed
	for _, line := range lines[1:] {
		film := listed{}
		for k, column := range lines[0] {
			film[column] = line[k]
		}
		films = append(films, film)
	}
	return films
}

// openModel opens the shipped model; the test is skipped where ONNX Runtime
// is not installed.
func openModel(t testing.TB) *inference.Model {
	t.Helper()
	if _, err := inference.FindLibrary(); err != nil {
		t.Skip(err)
	}
	model, err := inference.Open(assets.Model, inference.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { model.Close() })
	return model
}

func readFilm(t *testing.T, path string) *dicomio.Film {
	t.Helper()
	film, err := dicomio.ReadFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return film
}

// normalised turns what the training side prepares, 0 to 1, into the input.
func normalised(info inference.Info, prepared []float32) inference.Tensor {
	values := make([]float32, len(prepared))
	for k, v := range prepared {
		values[k] = (v - float32(info.Input.Mean)) / float32(info.Input.Std)
	}
	return inference.Tensor{Width: info.Input.Width, Height: info.Input.Height, Values: values, Range: 1}
}

func TestGoAndTheTrainingSidePrepareAlike(t *testing.T) {
	model := openModel(t)
	for _, set := range []string{"kermany", "nih"} {
		var paths []string
		for _, film := range filmsOf(t, set) {
			if film["split"] == "val" {
				paths = append(paths, filepath.Join(testdata.Folder(t, set), film["file"]))
			}
		}
		if len(paths) == 0 {
			t.Fatalf("%s has no validation films", set)
		}
		worst := 0.0
		for k, prepared := range trainingSide(t, paths) {
			theirs, err := model.Run(t.Context(), []inference.Tensor{normalised(model.Info(), prepared)})
			if err != nil {
				t.Fatal(err)
			}
			ours, err := model.Predict(t.Context(), readFilm(t, paths[k]))
			if err != nil {
				t.Fatal(err)
			}
			difference := math.Abs(ours.Probability - theirs[0].Probability)
			if difference > 0.01 {
				t.Errorf("%s: %.4f here, %.4f on the training side", paths[k], ours.Probability, theirs[0].Probability)
			}
			worst = max(worst, difference)
		}
		t.Logf("%s: %d validation films, largest difference in probability %.5f", set, len(paths), worst)
	}
}

func TestTheReferenceIsWhatTheModelSaysOfTheValidationFilms(t *testing.T) {
	model := openModel(t)
	for _, set := range []string{"kermany", "nih"} {
		found := map[bool][]float64{}
		for _, film := range filmsOf(t, set) {
			if film["split"] != "val" {
				continue
			}
			prediction, err := model.Predict(t.Context(), readFilm(t, filepath.Join(testdata.Folder(t, set), film["file"])))
			if err != nil {
				t.Fatal(err)
			}
			found[pneumonia(film)] = append(found[pneumonia(film)], prediction.Probability)
		}
		reference := model.Info().Reference[set]
		for ill, said := range map[bool][]float64{true: reference.Pneumonia, false: reference.Normal} {
			slices.Sort(found[ill])
			if len(said) != len(found[ill]) {
				t.Fatalf("%s, pneumonia %t: %d films in the reference, %d in the set", set, ill, len(said), len(found[ill]))
			}
			for k := range said {
				if math.Abs(said[k]-found[ill][k]) > 0.01 {
					t.Errorf("%s, pneumonia %t, film %d by probability: %.4f in the reference, %.4f here", set, ill, k, said[k], found[ill][k])
				}
			}
		}
	}
}

// pneumonia is a film's truth as training takes it: the class that RSNA's
// readers gave it where they saw it, else the data set's own label.
func pneumonia(film listed) bool {
	if class := film["rsna_class"]; class != "" {
		return class == "Lung Opacity"
	}
	return film["label"] == "pneumonia"
}

func TestOriginalsAndTheirSmallCopiesAgree(t *testing.T) {
	model := openModel(t)
	var differences []float64
	calls := 0
	for _, film := range filmsOf(t, "kermany") {
		if film["original"] == "" {
			continue
		}
		var probabilities [2]inference.Prediction
		for k, file := range []string{film["file"], film["original"]} {
			prediction, err := model.Predict(t.Context(), readFilm(t, filepath.Join(testdata.Folder(t, "kermany"), file)))
			if err != nil {
				t.Fatal(err)
			}
			probabilities[k] = prediction
		}
		differences = append(differences, math.Abs(probabilities[0].Probability-probabilities[1].Probability))
		if probabilities[0].Call != probabilities[1].Call {
			calls++
		}
	}
	slices.Sort(differences)
	n := len(differences)
	t.Logf("%d films: differences in probability: median %.4f, 95 %% below %.4f, largest %.4f; %d calls differ",
		n, differences[n/2], differences[n*95/100], differences[n-1], calls)
	if differences[n/2] > 0.01 || differences[n*95/100] > 0.1 {
		t.Error("the original films and their small copies are judged differently")
	}
}

func TestABatchIsPredictedLikeItsFilmsAlone(t *testing.T) {
	model := openModel(t)
	var batch []inference.Tensor
	for k := range 5 {
		tensor, err := model.Info().Input.Prepare(grey16(256, 256, func(x, y int) uint16 { return uint16(x*(k+3)*y) % 5000 }))
		if err != nil {
			t.Fatal(err)
		}
		batch = append(batch, tensor)
	}
	together, err := model.Run(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	for k := range batch {
		alone, err := model.Run(t.Context(), batch[k:k+1])
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(alone[0].Probability-together[k].Probability) > 1e-4 {
			t.Errorf("film %d: %v alone, %v in the batch", k, alone[0].Probability, together[k].Probability)
		}
	}
}
