package results_test

import (
	"reflect"
	"testing"

	"sweetspot/results"
)

// Whatever tells trials apart is a field of trials and of summaries, and At returns it.
func TestAtHasWhatTellsTrialsApart(t *testing.T) {
	at := reflect.TypeFor[results.At]()
	for i := range at.NumField() {
		name := at.Field(i).Name
		var trial results.Trial
		var summary results.Summary
		for _, of := range []reflect.Value{reflect.ValueOf(&trial).Elem(), reflect.ValueOf(&summary).Elem()} {
			field := of.FieldByName(name)
			if !field.IsValid() {
				t.Fatalf("%v has no field %s", of.Type(), name)
			}
			set(field)
		}
		if got := reflect.ValueOf(trial.At()).Field(i); got.IsZero() {
			t.Errorf("At of a trial does not have its %s", name)
		}
		if trial.At() != summary.At() {
			t.Errorf("%s: the trial is at %+v, the summary at %+v", name, trial.At(), summary.At())
		}
		other := results.Trial{}
		if groups := results.Groups([]results.Trial{trial, other}); len(groups) != 2 || groups[0].At != trial.At() {
			t.Errorf("trials that differ in their %s are in %d groups", name, len(groups))
		}
		if got := results.Summarise([]results.Trial{trial})[0].At(); got != trial.At() {
			t.Errorf("%s: summarised at %+v, measured at %+v", name, got, trial.At())
		}
	}
}

// set gives a field a value other than its zero.
func set(field reflect.Value) {
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	if field.Kind() == reflect.String {
		field.SetString("pool")
		return
	}
	field.SetInt(1)
}

func TestAtInWords(t *testing.T) {
	for want, at := range map[string]results.At{
		"pool at limit 1,000":                           {Strategy: "pool", Limit: 1000},
		"pool on target 1 at limit 60":                  {Strategy: "pool", Limit: 60, Target: 1},
		"http2 with 10 streams on target 1 at limit 60": {Strategy: "http2", Limit: 60, Target: 1, Streams: 10},
		"http2 with 1 stream":                           {Strategy: "http2", Streams: 1},
	} {
		if got := at.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
