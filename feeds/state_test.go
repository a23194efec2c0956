package feeds

import (
	"reflect"
	"testing"
	"time"
)

func TestNextAllowed(t *testing.T) {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) // a Wednesday
	tests := map[string]struct {
		state State
		want  time.Duration
	}{
		"nothing asked":           {State{}, 0},
		"wait":                    {State{Wait: 3600}, time.Hour},
		"wait for weeks":          {State{Wait: 3e6}, 24 * time.Hour},
		"silence":                 {State{NotBefore: noon.Add(5 * time.Hour)}, 5 * time.Hour},
		"silence in the past":     {State{Wait: 60, NotBefore: noon.Add(-time.Hour)}, time.Minute},
		"the longer of both":      {State{Wait: 7200, NotBefore: noon.Add(time.Hour)}, 2 * time.Hour},
		"skipped hour":            {State{SkipHours: []int{12, 13}}, 2 * time.Hour},
		"wait into a skipped one": {State{Wait: 5400, SkipHours: []int{13, 14}}, 3 * time.Hour},
		"another hour":            {State{SkipHours: []int{11, 13}}, 0},
		"skipped day":             {State{SkipDays: []int{3}}, 12 * time.Hour},
		"all hours":               {State{SkipHours: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}}, 24 * time.Hour},
		"two days":                {State{SkipDays: []int{3, 4}}, 24 * time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.state.NextAllowed(noon).Sub(noon); got != tt.want {
				t.Errorf("NextAllowed = noon + %v, want + %v", got, tt.want)
			}
		})
	}
	east := noon.In(time.FixedZone("east", 9*3600))
	if got := (State{SkipHours: []int{21}}).NextAllowed(east); !got.Equal(noon) {
		t.Errorf("skipHours are not read as UTC: %v", got)
	}
}

// Every field of a state counts when two are compared.
func TestEqualStates(t *testing.T) {
	if !new(State).Equal(new(State)) || !(&State{Kept: &Kept{Lines: []string{"a"}}}).Equal(&State{Kept: &Kept{Lines: []string{"a"}}}) {
		t.Error("equal states are not")
	}
	differ := func(in reflect.Type, of func(field int, value reflect.Value) State) {
		for i := range in.NumField() {
			value, field := reflect.Value{}, in.Field(i)
			switch v := reflect.New(field.Type).Elem(); field.Type {
			case reflect.TypeFor[time.Time]():
				value = reflect.ValueOf(time.Unix(1, 0))
			case reflect.TypeFor[Spent]():
				value = reflect.ValueOf(Spent{N: 1})
			case reflect.TypeFor[*Kept]():
				value = reflect.ValueOf(&Kept{})
			case reflect.TypeFor[[]int]():
				value = reflect.ValueOf([]int{1})
			case reflect.TypeFor[[]string]():
				value = reflect.ValueOf([]string{"a"})
			case reflect.TypeFor[bool]():
				value = reflect.ValueOf(true)
			case reflect.TypeFor[string]():
				value = reflect.ValueOf("a")
			default: // a number
				value = reflect.ValueOf(1).Convert(v.Type())
			}
			zero, other := of(i, reflect.Zero(field.Type)), of(i, value)
			if zero.Equal(&other) || other.Equal(&zero) {
				t.Errorf("%s.%s makes no difference", in.Name(), field.Name)
			}
		}
	}
	differ(reflect.TypeFor[State](), func(i int, v reflect.Value) (s State) {
		reflect.ValueOf(&s).Elem().Field(i).Set(v)
		return s
	})
	differ(reflect.TypeFor[Kept](), func(i int, v reflect.Value) State {
		k := Kept{}
		reflect.ValueOf(&k).Elem().Field(i).Set(v)
		return State{Kept: &k}
	})
	differ(reflect.TypeFor[Spent](), func(i int, v reflect.Value) (s State) {
		reflect.ValueOf(&s.Spent).Elem().Field(i).Set(v)
		return s
	})
}
