package story

import (
	"bufio"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Labelled report comes with the story that people put it in.
type Labelled struct {
	Report
	Gold string
}

// A Pair is two titles that people call copies, one story or two.
type Pair struct {
	ID       string
	A, B     string
	Corpus   string // of which corpus they are
	Kind     string // copy, same_story, different
	Reviewed string // different, arguable, same; "" if nobody read it again
	Apart    time.Duration
}

// A Variant is two addresses of one item.
type Variant struct {
	A, B     string
	Relation string
}

// readLines calls each with every line of a JSON Lines file, unzipped if its
// name says so.
func readLines(path string, each func(line []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if err := each(lines.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", filepath.Base(path), n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

// readUCI reads the UCI News Aggregator's items.
func readUCI(path string) ([]Labelled, error) {
	var all []Labelled
	err := readLines(path, func(line []byte) error {
		var v struct {
			Title, URL, Publisher, Story string
			Millis                       int64 `json:"timestamp_ms"`
		}
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		all = append(all, Labelled{
			Report: Report{Title: v.Title, Outlet: v.Publisher, Published: time.UnixMilli(v.Millis).UTC()},
			Gold:   v.Story,
		})
		return nil
	})
	return all, err
}

// readOG reads the items of OG2021 by their language, as ISO 639-3 calls it.
func readOG(path string) (map[string][]Labelled, error) {
	all := make(map[string][]Labelled)
	err := readLines(path, func(line []byte) error {
		var v struct {
			Title, Cluster, Lang string
			Published            time.Time
		}
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		all[v.Lang] = append(all[v.Lang], Labelled{Report: Report{Title: v.Title, Published: v.Published}, Gold: v.Cluster + "/" + v.Lang})
		return nil
	})
	return all, err
}

// verdicts says of pairs, by their IDs, what they are to whoever read them.
//
//go:embed pairs.txt
var verdicts string

func readPairs(path string) ([]Pair, error) {
	read := make(map[string]string)
	for line := range strings.Lines(verdicts) {
		if id, verdict, ok := strings.Cut(strings.TrimSpace(line), " "); ok && id != "#" {
			read[id] = verdict
		}
	}
	var all []Pair
	err := readLines(path, func(line []byte) error {
		var v struct {
			ID, A, B, Corpus, Kind, Reviewed string
			Hours                            float64 `json:"hours_apart"`
		}
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		if v.Reviewed == "" {
			v.Reviewed = read[v.ID]
		}
		all = append(all, Pair{v.ID, v.A, v.B, v.Corpus, v.Kind, v.Reviewed, time.Duration(v.Hours * float64(time.Hour))})
		return nil
	})
	return all, err
}

func readVariants(path string) ([]Variant, error) {
	var all []Variant
	err := readLines(path, func(line []byte) error {
		var v Variant
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		all = append(all, v)
		return nil
	})
	return all, err
}
