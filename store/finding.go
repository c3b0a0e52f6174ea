package store

// Finding is the main thing that the reader found on a film.
type Finding string

// The findings. Empty is a reader who named none; FindingNone is one who
// looked and found nothing.
const (
	FindingNone          Finding = "none"
	FindingConsolidation Finding = "consolidation"
	// FindingInterstitial covers ground glass, too: on a radiograph the two
	// are rarely told apart.
	FindingInterstitial Finding = "interstitial"
	FindingEffusion     Finding = "effusion"
	FindingAtelectasis  Finding = "atelectasis"
	FindingPneumothorax Finding = "pneumothorax"
	FindingNodule       Finding = "nodule"
	FindingCardiomegaly Finding = "cardiomegaly"
	FindingOther        Finding = "other"
)

// Findings lists the findings in the order in which a reader is offered them.
func Findings() []Finding {
	return []Finding{
		FindingConsolidation, FindingInterstitial, FindingEffusion, FindingAtelectasis, FindingPneumothorax,
		FindingNodule, FindingCardiomegaly, FindingOther, FindingNone,
	}
}

// HasSide reports whether a finding lies on a side of the chest.
func (f Finding) HasSide() bool { return f != "" && f != FindingNone && f != FindingCardiomegaly }

// Side is the patient's side on which a finding lies.
type Side string

// The sides. Empty is a reader who named none.
const (
	SideRight Side = "right"
	SideLeft  Side = "left"
	SideBoth  Side = "both"
)

// Sides lists the sides in the order in which a reader is offered them.
func Sides() []Side { return []Side{SideRight, SideLeft, SideBoth} }
