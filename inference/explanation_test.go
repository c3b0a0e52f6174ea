package inference_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"pneumolight/inference"
	"pneumolight/testdata"
)

// hidden is the share of the heat map that is hidden.
const hidden = 0.1

// TestHidingWhatTheMapShowsMovesTheProbabilityMost hides, in every validation
// film that the model calls pneumonia, the cells that the heat map shows
// strongest, and then as many cells of the same shape elsewhere. A map that
// pointed at nothing would be no better than the second.
func TestHidingWhatTheMapShowsMovesTheProbabilityMost(t *testing.T) {
	model := openModel(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, set := range []string{"kermany", "nih"} {
		films, wins := 0, 0
		var shown, elsewhere float64
		for _, film := range filmsOf(t, set) {
			if film["split"] != "val" {
				continue
			}
			tensor, err := model.Info().Input.Prepare(readFilm(t, filepath.Join(testdata.Folder(t, set), film["file"])))
			if err != nil {
				t.Fatal(err)
			}
			whole, err := model.Run(t.Context(), []inference.Tensor{tensor})
			if err != nil {
				t.Fatal(err)
			}
			if whole[0].Probability < model.Info().Threshold {
				continue
			}
			heat := whole[0].Map
			strongest := make([]int, len(heat.Values))
			for k := range strongest {
				strongest[k] = k
			}
			slices.SortStableFunc(strongest, func(a, b int) int { return cmp.Compare(heat.Values[b], heat.Values[a]) })
			strongest = strongest[:int(hidden*float64(len(strongest)))]
			shifted := make([]int, len(strongest))
			right, down := 1+random.IntN(heat.Width-1), 1+random.IntN(heat.Height-1)
			for k, cell := range strongest {
				shifted[k] = (cell/heat.Width+down)%heat.Height*heat.Width + (cell%heat.Width+right)%heat.Width
			}
			masked, err := model.Run(t.Context(), []inference.Tensor{
				without(tensor, heat, strongest), without(tensor, heat, shifted),
			})
			if err != nil {
				t.Fatal(err)
			}
			first := math.Abs(masked[0].Probability - whole[0].Probability)
			second := math.Abs(masked[1].Probability - whole[0].Probability)
			films++
			shown, elsewhere = shown+first, elsewhere+second
			if first > second {
				wins++
			}
		}
		t.Logf("%s: %d films called pneumonia; hiding what the map shows moves the probability by %.3f, elsewhere by %.3f; the first more on %d",
			set, films, shown/float64(films), elsewhere/float64(films), wins)
		if films < 50 || shown <= elsewhere || 2*wins <= films {
			t.Errorf("%s: the map does not show what the model looks at", set)
		}
	}
}

// without is the film with some of the map's cells at the film's mean grey.
func without(film inference.Tensor, heat inference.HeatMap, cells []int) inference.Tensor {
	mean := float32(0)
	for _, v := range film.Values {
		mean += v / float32(len(film.Values))
	}
	film.Values = slices.Clone(film.Values)
	width, height := film.Width/heat.Width, film.Height/heat.Height
	for _, cell := range cells {
		for y := cell / heat.Width * height; y < (cell/heat.Width+1)*height; y++ {
			for x := cell % heat.Width * width; x < (cell%heat.Width+1)*width; x++ {
				film.Values[y*film.Width+x] = mean
			}
		}
	}
	return film
}
