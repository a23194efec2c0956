// Package evidence turns what was seen into a folder that shows it, and that
// anybody can check.
//
// Every item is a file of its own below the day on which it was first seen: as
// its feed listed it, with earlier wordings, sightings, decisions and receipts;
// the text of its article stands beside it. SHA256SUMS names all files, as
// sha256sum -c reads it. manifest.json chains them by day: what a day holds
// cannot be changed, taken out or added to without changing the last link.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"newswatch/monitor/api"
)

// A Manifest says what a folder holds.
type Manifest struct {
	About   string    `json:"about"` // the story or watch
	Made    time.Time `json:"made"`
	Version string    `json:"version"` // of newswatch
	Days    []Day     `json:"days"`    // oldest first
	Sheet   string    `json:"sheet"`   // SHA-256 of items.csv
	Seal    string    `json:"seal"`    // of all that stands above: publish it, and the folder stands
}

// A Day is what was first seen on one day in UTC.
type Day struct {
	Day   string            `json:"day"`
	Files map[string]string `json:"files"` // by name below the folder: SHA-256 in hexadecimal
	Link  string            `json:"link"`  // SHA-256 of the link before and of the files
}

const (
	manifestFile = "manifest.json"
	sumsFile     = "SHA256SUMS"
	sheetFile    = "items.csv"
)

// Write writes the evidence for a story or watch into dir, which it makes, and
// which must be empty. m has all but what is worked out here.
func Write(dir string, m Manifest, items []api.Explained) (Manifest, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return m, err
	}
	if there, err := os.ReadDir(dir); err != nil {
		return m, err
	} else if len(there) > 0 {
		return m, fmt.Errorf("%s is not empty: name a folder that is not there yet", dir)
	}
	var sheet bytes.Buffer
	rows := api.NewSheet(&sheet, api.ItemColumns)
	days := map[string]map[string]string{}
	for _, x := range items {
		if x.Item == nil {
			continue
		}
		rows.Item(*x.Item)
		day := x.Item.Seen.UTC().Format(time.DateOnly)
		if days[day] == nil {
			days[day] = map[string]string{}
		}
		text, err := json.MarshalIndent(x, "", " ")
		if err != nil {
			return m, err
		}
		for name, content := range map[string][]byte{x.Item.ID + ".json": append(text, '\n'), x.Item.ID + ".txt": []byte(x.Item.Article)} {
			if len(content) == 0 {
				continue
			}
			name = path.Join(day, name)
			days[day][name] = sum(content)
			if err := write(dir, name, content); err != nil {
				return m, err
			}
		}
	}
	if err := rows.Flush(); err != nil {
		return m, err
	}
	m.Sheet = sum(sheet.Bytes())
	for _, day := range slices.Sorted(maps.Keys(days)) {
		m.Days = append(m.Days, Day{Day: day, Files: days[day]})
	}
	m.chain()
	text, err := json.MarshalIndent(m, "", " ")
	return m, errors.Join(err, write(dir, sheetFile, sheet.Bytes()), write(dir, manifestFile, append(text, '\n')), write(dir, sumsFile, []byte(m.sums())))
}

// chain works out the links of the days, and the seal.
func (m *Manifest) chain() {
	link := ""
	for i := range m.Days {
		d := &m.Days[i]
		lines := link + "\n" + d.Day + "\n"
		for _, name := range slices.Sorted(maps.Keys(d.Files)) {
			lines += d.Files[name] + "  " + name + "\n"
		}
		link = sum([]byte(lines))
		d.Link = link
	}
	m.Seal = sum([]byte(strings.Join([]string{m.About, m.Made.UTC().Format(time.RFC3339Nano), m.Version, link, m.Sheet}, "\n")))
}

// Items counts the items that the folder shows.
func (m *Manifest) Items() (n int) {
	for name := range m.files() {
		if path.Ext(name) == ".json" {
			n++
		}
	}
	return n
}

// files returns the SHA-256 of every file that the manifest names.
func (m *Manifest) files() map[string]string {
	all := map[string]string{sheetFile: m.Sheet}
	for _, d := range m.Days {
		maps.Copy(all, d.Files)
	}
	return all
}

// sums is what sha256sum -c reads.
func (m *Manifest) sums() string {
	var b strings.Builder
	all := m.files()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s  %s\n", all[name], name)
	}
	return b.String()
}

// Verify reads a folder that Write has made and returns one error for each fault:
// what is missing, changed or added, and a manifest that contradicts itself.
func Verify(dir string) (m Manifest, faults []error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, []error{fmt.Errorf("%s: %w", manifestFile, err)}
	}
	again := m
	again.Days = slices.Clone(m.Days)
	again.chain()
	for i, d := range again.Days {
		if d.Link != m.Days[i].Link {
			faults = append(faults, fmt.Errorf("%s: the link of %s does not fit what it holds", manifestFile, d.Day))
		}
	}
	if again.Seal != m.Seal {
		faults = append(faults, fmt.Errorf("%s: the seal does not fit", manifestFile))
	}
	want := m.files()
	want[manifestFile], want[sumsFile] = sum(text), sum([]byte(m.sums()))
	err = filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		content, err := os.ReadFile(at)
		switch expected, known := want[name]; {
		case err != nil:
			faults = append(faults, err)
		case !known:
			faults = append(faults, fmt.Errorf("%s was added", name))
		case sum(content) != expected:
			faults = append(faults, fmt.Errorf("%s was changed", name))
		}
		delete(want, name)
		return nil
	})
	if err != nil {
		faults = append(faults, err)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		faults = append(faults, fmt.Errorf("%s is missing", name))
	}
	return m, faults
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func write(dir, name string, content []byte) error {
	at := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	return os.WriteFile(at, content, 0o644)
}
