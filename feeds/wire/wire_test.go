package wire

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/feeds"
)

// fill sets every field of a value to something that is not zero.
func fill(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 24, 9, 30, 0, 5, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint64:
		v.SetUint(1<<63 + 3)
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}

// Whatever a fetcher may return arrives as it was: nothing is left out because
// it has no tag.
func TestOutcomesTravelWhole(t *testing.T) {
	var res feeds.Result
	fill(t, reflect.ValueOf(&res).Elem())
	for _, failed := range []error{nil, &feeds.FetchError{Fault: feeds.Throttled, StatusCode: 429, RetryAfter: time.Minute, Err: errors.New("slow down")}} {
		b, err := EncodeOutcome(res, failed)
		if err != nil {
			t.Fatal(err)
		}
		got, gotFailed, garbled := DecodeOutcome(b)
		if diff := cmp.Diff(res, got); diff != "" || garbled != nil {
			t.Errorf("%v %s", garbled, diff)
		}
		if (failed == nil) != (gotFailed == nil) {
			t.Fatalf("failed: %v, want %v", gotFailed, failed)
		}
		if fe, ok := errors.AsType[*feeds.FetchError](gotFailed); ok && (fe.Fault != feeds.Throttled || fe.StatusCode != 429 || fe.RetryAfter != time.Minute || fe.Error() != "slow down") {
			t.Errorf("failed: %+v", fe)
		}
		for i := range b {
			bad := append([]byte{}, b...)
			bad[i] ^= 0x41
			if r, _, garbled := DecodeOutcome(bad); garbled == nil && !cmp.Equal(r, res) {
				t.Fatalf("byte %d was changed and nobody noticed", i)
			}
		}
	}
	if _, err := EncodeOutcome(res, errors.New("our store")); err == nil {
		t.Error("an error of our own travels")
	}
}

func TestJobsTravel(t *testing.T) {
	f := feeds.Feed{Name: "a", URL: "https://a.example/feed"}
	var st feeds.State
	fill(t, reflect.ValueOf(&st).Elem())
	b, err := EncodeJob(f, st)
	if err != nil {
		t.Fatal(err)
	}
	gotF, gotState, err := DecodeJob(b)
	if err != nil || gotF.URL != f.URL || gotF.Name != f.Name || !cmp.Equal(st, gotState) {
		t.Errorf("%+v, %+v, %v", gotF, gotState, err)
	}
}

// What needs a credential stays on the machine that has it.
func TestCredentialsDoNotTravel(t *testing.T) {
	for f, want := range map[*feeds.Feed]bool{
		{URL: "https://a.example/feed"}:                                                      true,
		{URL: "https://anna:secret@a.example/feed"}:                                          false,
		{URL: "https://a.example/feed?token=secret"}:                                         false,
		{URL: "https://a.example/feed", Headers: map[string]feeds.Secret{"X-Key": "secret"}}: false,
		{URL: "https://a.example/feed", Proxy: "socks5://anna:secret@127.0.0.1:9050"}:        false,
		{URL: "https://a.example/feed", Kind: feeds.KindPage}:                                false,
	} {
		if Travels(*f) != want {
			t.Errorf("%v: travels %v, want %v", f.URL, !want, want)
		}
	}
}
