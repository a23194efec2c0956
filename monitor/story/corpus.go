package story

import (
	"bufio"
	"compress/gzip"
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
	A, B     string
	Corpus   string // of which corpus they are
	Kind     string // copy, same_story, different
	Reviewed string // different, arguable; "" if nobody read it again
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

// readOG reads the English items of OG2021.
func readOG(path string) ([]Labelled, error) {
	var all []Labelled
	err := readLines(path, func(line []byte) error {
		var v struct {
			Title, Cluster, Lang string
			Published            time.Time
		}
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		if v.Lang == "eng" {
			all = append(all, Labelled{Report: Report{Title: v.Title, Published: v.Published}, Gold: v.Cluster})
		}
		return nil
	})
	return all, err
}

func readPairs(path string) ([]Pair, error) {
	var all []Pair
	err := readLines(path, func(line []byte) error {
		var v struct {
			A, B, Corpus, Kind, Reviewed string
			Hours                        float64 `json:"hours_apart"`
		}
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		all = append(all, Pair{v.A, v.B, v.Corpus, v.Kind, v.Reviewed, time.Duration(v.Hours * float64(time.Hour))})
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
