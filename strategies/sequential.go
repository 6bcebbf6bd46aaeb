package strategies

import "context"

func init() {
	RegisterSchedule(sequential)
	Register(sequential.As("sequential",
		"one request after the other over net/http: the baseline that every speed-up is measured against", NetHTTP))
}

var sequential = Schedule{
	Name:        "sequential",
	Doc:         "one request after the other: the baseline",
	MaxInFlight: 1,
	Run: func(ctx context.Context, _ int, open func() *Lane) {
		for lane := open(); lane.Next(ctx); {
			lane.Do()
		}
	},
}
