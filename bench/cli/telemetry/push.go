package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	bridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"

	"sweetspot/results"
)

// pushTimeout is how long a collector may take for one push.
const pushTimeout = 5 * time.Second

// A Pusher pushes metrics to a collector of OpenTelemetry over OTLP/HTTP: after each trial, or after several if the collector is
// slow, and at the end. The sums are cumulative, so that a push that fails loses nothing if a later one succeeds. All methods do
// nothing on a nil Pusher.
type Pusher struct {
	exporter *otlpmetrichttp.Exporter
	producer metric.Producer
	resource *resource.Resource
	due      chan struct{} // a push is due; closed by Close
	ended    chan error    // the error of the last push
}

// ParseCollector reads the URL of a collector, such as http://127.0.0.1:4318. It returns the URL to which metrics are posted: with
// v1/metrics appended, as OTEL_EXPORTER_OTLP_ENDPOINT has it, unless the path ends so already.
func ParseCollector(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errors.New("want the URL of a collector, such as http://127.0.0.1:4318")
	}
	if !strings.HasSuffix(u.Path, "/v1/metrics") {
		u = u.JoinPath("v1/metrics")
	}
	return u.String(), nil
}

// PushTo starts pushing the metrics of a run to the URL, from [ParseCollector]. Headers, certificates and compression are what
// the environment variables OTEL_EXPORTER_OTLP_HEADERS and so on say. An empty URL gives a nil Pusher. The caller must call Close.
func (m *Metrics) PushTo(ctx context.Context, url string, run *results.Run, version string) (*Pusher, error) {
	if url == "" {
		return nil, nil
	}
	exporter, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(url), otlpmetrichttp.WithTimeout(pushTimeout),
		otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{})) // the next push is the retry
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	p := &Pusher{
		exporter: exporter,
		producer: bridge.NewMetricProducer(bridge.WithGatherer(m.registry)),
		resource: resource.NewSchemaless(attribute.String("service.name", "sweetspot"), attribute.String("service.version", version),
			attribute.String("service.instance.id", run.Started), attribute.String("sweetspot.command", run.Command)),
		due:   make(chan struct{}, 1),
		ended: make(chan error, 1),
	}
	go p.run() // until Close, which waits for it
	return p, nil
}

// run pushes whenever a push is due. It is independent of the run's context, since an interrupted run is pushed too.
func (p *Pusher) run() {
	var last error
	for range p.due {
		last = p.push()
	}
	p.ended <- last
}

func (p *Pusher) push() error {
	ctx, cancel := context.WithTimeout(context.Background(), pushTimeout)
	defer cancel()
	scopes, err := p.producer.Produce(ctx)
	if err != nil {
		return err
	}
	return p.exporter.Export(ctx, &metricdata.ResourceMetrics{Resource: p.resource, ScopeMetrics: scopes})
}

// Push says that there is something new to push, and returns at once.
func (p *Pusher) Push() {
	if p == nil {
		return
	}
	select {
	case p.due <- struct{}{}:
	default: // one is due already, and will have this too
	}
}

// Close pushes once more and waits for it, for two pushes' time at most. It returns why the metrics did not arrive, or nil.
func (p *Pusher) Close() error {
	if p == nil {
		return nil
	}
	p.Push()
	close(p.due)
	err := <-p.ended
	return errors.Join(err, p.exporter.Shutdown(context.Background()))
}
