package dicomio

import (
	"os"
	"path/filepath"
	"strings"
)

// listedFiles returns the files that a DICOMDIR refers to (PS3.3 F.5), each as
// the components of its path, without those that could leave the folder.
func listedFiles(ds *dataset) [][]string {
	sequence := ds.find(tagDirectoryRecordSequence)
	if sequence == nil {
		return nil
	}
	var files [][]string
	for _, record := range sequence.items {
		id := rawText(record.find(tagReferencedFileID))
		if id == "" {
			continue
		}
		var parts []string
		for _, part := range strings.FieldsFunc(id, func(r rune) bool { return r == '\\' || r == '/' }) {
			part = strings.Trim(part, " \x00")
			if part == "" || part == "." || part == ".." || strings.Contains(part, ":") {
				parts = nil
				break
			}
			parts = append(parts, part)
		}
		if len(parts) > 0 {
			files = append(files, parts)
		}
	}
	return files
}

// medium finds listed files below a folder. File IDs are in upper case; media
// that were copied often are not, or have kept ISO 9660's version number or
// final dot. Each folder is read once, because a medium may list a hundred
// thousand files.
type medium struct {
	root    string
	folders map[string]map[string]string // by path: names by their form in a file ID
}

func newMedium(root string) *medium {
	return &medium{root: root, folders: map[string]map[string]string{}}
}

// find returns a listed file's path and whether it is there.
func (m *medium) find(parts []string) (string, bool) {
	p := m.root
	for _, part := range parts {
		name, ok := m.names(p)[fileID(part)]
		if !ok {
			return "", false
		}
		p = filepath.Join(p, name)
	}
	return p, regularFile(p)
}

func (m *medium) names(folder string) map[string]string {
	if names, ok := m.folders[folder]; ok {
		return names
	}
	names := map[string]string{}
	entries, _ := os.ReadDir(folder) // a folder that can't be read has no files
	for _, e := range entries {
		names[fileID(e.Name())] = e.Name()
	}
	m.folders[folder] = names
	return names
}

// fileID is a file's name as a file ID has it.
func fileID(name string) string {
	return strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(name, ";1"), "."))
}
