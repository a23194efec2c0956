package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/senses"
)

var update = flag.Bool("update", false, "write the golden rows of the present format")

// golden are the rows of the present format: change its number with
// bolt's migrations, and keep the old file there.
const golden = "testdata/v4.rows.json"

// TestRowsKeepTheirSpelling fills every field of every kind of row and compares
// the JSON with what this version of the format has always written: a field
// renamed in Go must not rename what is on disk.
func TestRowsKeepTheirSpelling(t *testing.T) {
	rows := map[string]any{
		"feed": filled[monitor.FeedRecord](t), "item": filled[monitor.Record](t), "story": filled[monitor.Story](t),
		"notice": filled[monitor.Notice](t), "breaker": filled[monitor.Breaker](t), "gap": filled[monitor.Gap](t),
		"day": filled[monitor.DayTotal](t), "silence": filled[monitor.Silence](t), "sense": filled[senses.Row](t),
		"read": filled[monitor.Read](t),
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetIndent("", " ")
	if err := enc.Encode(rows); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var old, now any
	if err := errors.Join(json.Unmarshal(want, &old), json.Unmarshal(got.Bytes(), &now)); err != nil {
		t.Fatal(err)
	}
	for _, fault := range missing("", old, now) {
		t.Error(fault)
	}
}

// TestRowsAreJSON proves that what is written is what encoding/json reads, as
// dumps are read, and that rows it wrote are read.
func TestRowsAreJSON(t *testing.T) {
	both(t, filled[monitor.FeedRecord](t))
	both(t, filled[monitor.Record](t))
	both(t, filled[monitor.Story](t))
	both(t, filled[monitor.Notice](t))
	both(t, filled[senses.Row](t))
	both(t, monitor.Record{})
	both(t, monitor.Story{Headline: "<b>\"ICE\" & friends</b>\u2028\x00\t\\ é 冰 \U0001F9CA"})
	both(t, monitor.FeedRecord{Overlap: 1e-9, Peak: 1e21, Interval: time.Hour, Added: time.Date(2026, 11, 29, 1, 2, 3, 4, time.UTC)})
	broken, err := EncodeJSON(monitor.Story{Headline: "not \xff UTF-8"})
	if err != nil || !strings.Contains(string(broken), "not \uFFFD UTF-8") && !strings.Contains(string(broken), `not \ufffd UTF-8`) {
		t.Errorf("text that is no UTF-8 is written as %q, %v", broken, err)
	}
}

func both[T any](t *testing.T, v T) {
	t.Helper()
	var ours, theirs, want T
	text, err := EncodeJSON(v)
	old, errOld := json.Marshal(v)
	if err := errors.Join(err, errOld, json.Unmarshal(old, &want), json.Unmarshal(text, &theirs), DecodeJSON(old, &ours)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(ours, want) || !reflect.DeepEqual(theirs, want) {
		t.Errorf("%T: %s\nand by encoding/json %s", v, text, old)
	}
}

// missing lists what old rows have that rows of now have not, or have otherwise.
// New fields are no fault.
func missing(path string, old, now any) (faults []string) {
	switch old := old.(type) {
	case map[string]any:
		now, ok := now.(map[string]any)
		if !ok {
			return []string{path + " is no object any more"}
		}
		for _, key := range slices.Sorted(maps.Keys(old)) {
			if _, ok := now[key]; !ok {
				faults = append(faults, path+"."+key+" is no longer written")
				continue
			}
			faults = append(faults, missing(path+"."+key, old[key], now[key])...)
		}
		return faults
	case []any:
		if now, ok := now.([]any); ok && len(now) == 1 {
			return missing(path+"[]", old[0], now[0])
		}
	}
	if !reflect.DeepEqual(old, now) {
		return []string{fmt.Sprintf("%s is written as %v, before as %v", path, now, old)}
	}
	return nil
}

// filled returns a value all of whose fields are set.
func filled[T any](t *testing.T) (v T) {
	fill(t, reflect.ValueOf(&v).Elem())
	return v
}

func fill(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(t, v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Map:
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key)
		fill(t, elem)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, elem)
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(0.5)
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}
