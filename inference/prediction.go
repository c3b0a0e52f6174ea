package inference

import "math"

// Call is what the model says about a film.
type Call string

// The calls. CallUncertain means that the model abstains.
const (
	CallNormal    Call = "normal"
	CallPneumonia Call = "pneumonia"
	CallUncertain Call = "uncertain"
)

// Prediction is what the model found in one film.
type Prediction struct {
	// Refusal is set where the film is not what the model has learned to
	// judge; the rest is then not to be trusted.
	Refusal *Refusal
	// Logit is the model's raw output, the mean of its activation map.
	Logit float64
	// Probability is the calibrated probability of pneumonia, 0 to 1.
	Probability float64
	// Mirrored is the probability of the film's mirror image. Where the two
	// lie too far apart the model abstains.
	Mirrored float64
	Call     Call
	// Map says where in the film the model found its reasons.
	Map HeatMap
}

// HeatMap is the class activation map against normal films: by how many
// standard deviations the model sees more reason for pneumonia in a cell than
// it does there in normal films. The scale is the same for every film, so a
// normal film's map stays below about 2 nearly everywhere. It covers the whole
// film and shows where the model looked, not where disease is.
type HeatMap struct {
	Width, Height int
	// Values holds Width*Height deviations, row by row from the top left.
	Values []float32
}

// output is what the model computed for one film.
type output struct {
	logit    float32
	cells    []float32
	features []float32
}

// predict turns the outputs for a prepared film and its mirror image into a
// prediction.
func (d *description) predict(film Tensor, straight, mirrored output) Prediction {
	p := Prediction{
		Logit:       float64(straight.logit),
		Probability: d.Calibration.Probability(float64(straight.logit)),
		Mirrored:    d.Calibration.Probability(float64(mirrored.logit)),
		Map:         d.Evidence.heatMap(straight.cells),
	}
	p.Call = d.call(p.Probability)
	if math.Abs(p.Probability-p.Mirrored) > d.Flip.MaximumDisagreement {
		p.Call = CallUncertain
	}
	if film.Range < d.Gate.Blank.MinimumRange {
		p.Refusal = refusal(refusedBlank)
	} else {
		p.Refusal = d.Gate.judge(straight.features)
	}
	return p
}

// call applies the operating point and the abstain band.
func (i Info) call(probability float64) Call {
	switch {
	case probability > i.Uncertain.Low && probability < i.Uncertain.High:
		return CallUncertain
	case probability >= i.Threshold:
		return CallPneumonia
	default:
		return CallNormal
	}
}

// heatMap compares the activation map's cells with those of normal films.
func (e *evidence) heatMap(cells []float32) HeatMap {
	values := make([]float32, len(cells))
	for k, c := range cells {
		values[k] = float32((float64(c) - e.Mean[k]) / e.Deviation[k])
	}
	return HeatMap{Width: e.Width, Height: e.Height, Values: values}
}
