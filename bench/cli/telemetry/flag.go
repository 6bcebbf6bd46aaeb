package telemetry

import (
	"fmt"

	"github.com/spf13/pflag"
)

// A Flag is the flag that has metrics pushed to a collector, as it was given.
type Flag struct{ url string }

// Bind adds the flag to those of a command. When says when metrics are pushed.
func (f *Flag) Bind(flags *pflag.FlagSet, when string) {
	flags.StringVar(&f.url, "otlp", "", "push metrics "+when+" to the OpenTelemetry collector at this `URL`, such as http://127.0.0.1:4318, over OTLP/HTTP; headers and certificates as OTEL_EXPORTER_OTLP_HEADERS and so on say")
}

// Collector returns the URL to which metrics are to be pushed, empty for none.
func (f Flag) Collector() (string, error) {
	if f.url == "" {
		return "", nil
	}
	url, err := ParseCollector(f.url)
	if err != nil {
		return "", fmt.Errorf("--otlp %s: %w", f.url, err)
	}
	return url, nil
}
