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

// resolveListed finds a listed file below a folder. File IDs are in upper
// case; media that were copied often are not, or have kept ISO 9660's version
// number or final dot.
func resolveListed(folder string, parts []string) (string, bool) {
	exact := filepath.Join(folder, filepath.Join(parts...))
	if regularFile(exact) {
		return exact, true
	}
	p := folder
	for _, part := range parts {
		next := filepath.Join(p, part)
		if _, err := os.Lstat(next); err != nil {
			entries, err := os.ReadDir(p)
			if err != nil {
				return "", false
			}
			next = ""
			for _, e := range entries {
				name := strings.TrimSuffix(e.Name(), ";1")
				if strings.EqualFold(strings.TrimSuffix(name, "."), part) {
					next = filepath.Join(p, e.Name())
					break
				}
			}
			if next == "" {
				return "", false
			}
		}
		p = next
	}
	return p, regularFile(p)
}
