package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/dicomio/codec"
)

// updateVariable has the README's generated part written instead of checked;
// `make readme` sets it.
const updateVariable = "PNEUMOLIGHT_UPDATE_README"

// The generated part of the README lies between these lines.
const (
	tableStart = "<!-- transfer syntaxes: made by `make readme` from what the decoders register -->\n"
	tableEnd   = "<!-- end of transfer syntaxes -->\n"
)

func syntaxTable() string {
	var table strings.Builder
	table.WriteString("\n| transfer syntax | UID | decoded by |\n|---|---|---|\n")
	for _, s := range codec.Syntaxes() {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", s.Name, s.UID, s.Library)
	}
	table.WriteString("\n")
	return table.String()
}

func TestTheReadmeListsTheTransferSyntaxesThatAreDecoded(t *testing.T) {
	path := filepath.Join("..", "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), tableStart)
	if !found {
		t.Fatal("the README has lost the start of its table")
	}
	table, after, found := strings.Cut(rest, tableEnd)
	if !found {
		t.Fatal("the README has lost the end of its table")
	}
	if table == syntaxTable() {
		return
	}
	if os.Getenv(updateVariable) == "" {
		t.Fatal("the README's table of transfer syntaxes is not what the decoders register: run `make readme`")
	}
	if err := os.WriteFile(path, []byte(before+tableStart+syntaxTable()+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTheVersionIsTheSameEverywhere(t *testing.T) {
	toml, err := os.ReadFile(filepath.Join("..", "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{fmt.Sprintf("Version = %q", programVersion), fmt.Sprintf("ID = %q", appID)} {
		if !strings.Contains(string(toml), line) {
			t.Errorf("FyneApp.toml lacks %s", line)
		}
	}
	changelog, err := os.ReadFile(filepath.Join("..", "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(changelog), "## "+programVersion) {
		t.Errorf("the changelog has nothing on %s", programVersion)
	}
}
