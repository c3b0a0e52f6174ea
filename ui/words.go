package ui

import (
	"embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/store"
)

//go:embed translation/*.json
var translations embed.FS

// languages are the window's, by the name of their file.
var languages = []struct{ code, name string }{{"en", "English"}, {"zh-Hans", "简体中文"}}

// translate adds the window's texts to Fyne's. A language that the reader
// chose stands in for the system's, which Fyne goes by.
func translate(chosen string) {
	if err := lang.AddTranslationsFS(translations, "translation"); err != nil {
		fyne.LogError("Adding the translations", err)
	}
	for _, l := range languages {
		if l.code != chosen {
			continue
		}
		texts, err := translations.ReadFile("translation/" + l.code + ".json")
		// English is what Fyne falls back to where it does not know the
		// system's language, as in the C locale.
		for _, locale := range []fyne.Locale{"en", lang.SystemLocale()} {
			if err == nil {
				err = lang.AddTranslationsForLocale(texts, locale)
			}
		}
		if err != nil {
			fyne.LogError("Changing the language", err)
		}
	}
}

// tr translates a text. The English one is its key.
func tr(text string, data ...any) string { return lang.L(text, data...) }

// percent writes a probability as a reader says it. It never rounds to
// certainty: the ends are written as bounds.
func percent(p float64) string {
	switch {
	case p < 0.005:
		return "< 1 %"
	case p > 0.995:
		return "> 99 %"
	}
	return fmt.Sprintf("%d %%", int(math.Round(p*100)))
}

// callText is the model's call in words.
func callText(c inference.Call) string {
	switch c {
	case inference.CallPneumonia:
		return tr("Pneumonia suspected")
	case inference.CallNormal:
		return tr("No pneumonia found by the model")
	case inference.CallUncertain:
		return tr("The model abstains")
	}
	return string(c)
}

// impressionText is what a reader takes a film for, as short as on a button.
func impressionText(c inference.Call) string {
	switch c {
	case inference.CallPneumonia:
		return tr("Pneumonia")
	case inference.CallNormal:
		return tr("Normal")
	}
	return tr("Unsure")
}

// verdictText is a reader's verdict in words.
func verdictText(v store.Verdict) string {
	switch v {
	case store.VerdictAgree:
		return tr("Agree")
	case store.VerdictDisagree:
		return tr("Disagree")
	case store.VerdictUncertain:
		return tr("Uncertain")
	}
	return string(v)
}

// findingText is a reader's finding in words.
func findingText(f store.Finding) string {
	switch f {
	case store.FindingConsolidation:
		return tr("Consolidation")
	case store.FindingInterstitial:
		return tr("Interstitial, ground glass")
	case store.FindingEffusion:
		return tr("Pleural effusion")
	case store.FindingAtelectasis:
		return tr("Atelectasis")
	case store.FindingPneumothorax:
		return tr("Pneumothorax")
	case store.FindingNodule:
		return tr("Nodule or mass")
	case store.FindingCardiomegaly:
		return tr("Cardiac enlargement")
	case store.FindingOther:
		return tr("Other finding")
	case store.FindingNone:
		return tr("No finding")
	}
	return string(f)
}

// sideText is the patient's side in words.
func sideText(s store.Side) string {
	switch s {
	case store.SideRight:
		return tr("right")
	case store.SideLeft:
		return tr("left")
	case store.SideBoth:
		return tr("both sides")
	}
	return string(s)
}

// reasonText is why a film is not fit for the model, in the reader's language
// where there is a translation for its code.
func reasonText(r dicomio.Reason) string {
	return coded("reason."+r.Code, r.Text, map[string]any{})
}

// joined puts what there is side by side.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "  ")
}

// date writes DICOM's YYYYMMDD with separators; anything else stays as it is.
func date(da string) string {
	if len(da) != 8 || strings.Trim(da, "0123456789") != "" {
		return da
	}
	return da[:4] + "-" + da[4:6] + "-" + da[6:]
}

// clock writes DICOM's HHMMSS.FFFFFF as HH:MM.
func clock(tm string) string {
	if len(tm) < 4 || strings.Trim(tm[:4], "0123456789") != "" {
		return tm
	}
	return tm[:2] + ":" + tm[2:4]
}

// age writes an age in years as it is said.
func age(years float64) string {
	switch {
	case years < 0:
		return ""
	case years < 2:
		return tr("{{.Months}} months", map[string]any{"Months": int(years * 12)})
	}
	return tr("{{.Years}} years", map[string]any{"Years": int(years)})
}

// geometryText is what the film is as a picture.
func geometryText(f *dicomio.Film) string {
	text := fmt.Sprintf("%d × %d, ", f.Width, f.Height) + tr("{{.Bits}} bit", map[string]any{"Bits": f.Bits})
	if f.IsColour() {
		text = fmt.Sprintf("%d × %d, %s", f.Width, f.Height, tr("colour"))
	}
	if f.Header.Lossy || f.Format == dicomio.FormatJPEG {
		text += ", " + tr("lossy")
	}
	return text
}

// windowNames are the names of computed windows, which are translated where
// they are shown; a file's own names stay as they are.
var windowNames = []string{"As stored", "Full range"}

func windowText(name string) string {
	if slices.Contains(windowNames, name) {
		return tr(name)
	}
	if number, ok := strings.CutPrefix(name, "Window "); ok && strings.Trim(number, "0123456789") == "" {
		return tr("Window {{.Number}}", map[string]any{"Number": number}) // one that has no name
	}
	if between, ok := strings.CutPrefix(name, "Percentile "); ok {
		return tr("Percentile {{.Between}}", map[string]any{"Between": between})
	}
	return name
}

// amount writes a count with a thin space between thousands, as is read
// alike everywhere.
func amount(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "\u202f" + digits[at:]
	}
	return digits
}
