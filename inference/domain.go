package inference

// Domain is which films a model was trained on, as far as a film's own tags
// can tell it from them.
type Domain struct {
	// Ages are the spans of years of which there were enough films to learn
	// from.
	Ages []AgeSpan `json:"ages"`
	// Views are values of View Position (0018,5101), such as PA.
	Views []string `json:"views"`
	// Bedside is set where films taken lying or at the bedside are known to
	// be among them.
	Bedside bool `json:"bedside"`
	// Equipment are the manufacturers of the equipment, where it is known.
	Equipment []string `json:"equipment"`
}

// AgeSpan is from one age in years up to, and without, another.
type AgeSpan struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// firstDomain is that of the models before version 0.3, whose files do not say
// it: the films of Kermany et al. are of children of one to five years, those
// of the NIH Clinical Center of adults, save for a few. Both are pictures that
// say nothing of posture and equipment.
var firstDomain = Domain{
	Ages:  []AgeSpan{{From: 1, To: 6}, {From: 18, To: 120}},
	Views: []string{"PA", "AP"},
}
