package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/testdata"
)

// films.csv of three films: one that is judged, one refused, one missing.
func TestEvaluateCountsWhatItCouldNotJudge(t *testing.T) {
	list := filepath.Join(t.TempDir(), "films.csv")
	text := "label,site,file\npneumonia,A," + testdata.Film(t, testdata.Chest) + "\nnormal,A," + testdata.Film(t, testdata.PET) + "\n0,B,gone.dcm\n"
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := pneumolight(t, nil, "evaluate", "--csv", list, "--json")
	if got.code != exitFailed || !strings.Contains(got.stderr, "gone.dcm") {
		t.Fatalf("exit code %d, %s", got.code, got.stderr)
	}
	var report struct {
		Listed, Judged, Pneumonia, Refused, Failed int
		AUC                                        *struct{ Value float64 }
		Sensitivity                                *struct{ Value, Low, High float64 }
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatal(err)
	}
	if report.Listed != 3 || report.Judged != 1 || report.Pneumonia != 1 || report.Refused != 1 || report.Failed != 1 {
		t.Errorf("report %+v", report)
	}
	if report.AUC != nil {
		t.Error("one film gave an AUC")
	}
	if report.Sensitivity == nil {
		t.Error("one film with pneumonia gave no sensitivity")
	}
}

func TestEvaluateSaysWhatIsWrongWithTheList(t *testing.T) {
	for text, want := range map[string]string{
		"film,truth\na,1\n":       "columns file and label",
		"file,label\na,maybe\n":   `line 2: a label is normal or pneumonia, not "maybe"`,
		"file,label\ngone,1\n":    "nothing to measure",
		"":                        "reading the list",
		"file,label\na,1,extra\n": "wrong number of fields",
	} {
		list := filepath.Join(t.TempDir(), "films.csv")
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := pneumolight(t, nil, "evaluate", "--csv", list); got.code != exitFailed || !strings.Contains(got.stderr, want) {
			t.Errorf("%q: exit code %d, %s", text, got.code, got.stderr)
		}
	}
}
