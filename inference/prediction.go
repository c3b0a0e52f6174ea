package inference

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
	// Logit is the model's raw output, the mean of its activation map.
	Logit float64
	// Probability is the calibrated probability of pneumonia, 0 to 1.
	Probability float64
	Call        Call
	// Map says where in the film the model found its reasons.
	Map HeatMap
}

// HeatMap is the class activation map as local calibrated probabilities. It
// covers the whole film and shows where the model looked, not where disease
// is.
type HeatMap struct {
	Width, Height int
	// Values holds Width*Height probabilities, row by row from the top left.
	Values []float32
}

// Highest is the largest local probability; 0 for an empty map.
func (h HeatMap) Highest() float64 {
	var highest float32
	for _, v := range h.Values {
		highest = max(highest, v)
	}
	return float64(highest)
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

// predict reads one film's row of the model's outputs.
func (i Info) predict(logit float32, activation []float32, width, height int) Prediction {
	p := i.Calibration.Probability(float64(logit))
	local := make([]float32, len(activation))
	for k, v := range activation {
		local[k] = float32(i.Calibration.Probability(float64(v)))
	}
	return Prediction{
		Logit:       float64(logit),
		Probability: p,
		Call:        i.call(p),
		Map:         HeatMap{Width: width, Height: height, Values: local},
	}
}
