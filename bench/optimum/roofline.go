package optimum

import "math"

// roofline returns the misfit, as a weighted sum of squares, of the simplest curve: proportional to the limit up
// to a ceiling, X = min(n/r, c), the asymptotic bounds of Denning and Buzen (1978).
func (f *fit) roofline() float64 {
	least := math.Inf(1)
	for corner := range len(f.limits) + 1 {
		least = min(least, f.scatter(0, corner, 1)+f.scatter(corner, len(f.limits), 0))
	}
	return least
}

// scatter returns the weighted sum of squares of the limits with indexes in [from, to) about the best line of that slope in
// ln(goodput) over ln(limit).
func (f *fit) scatter(from, to int, slope float64) float64 {
	if from == to {
		return 0
	}
	y := func(i int) float64 { return f.mu[i] - slope*math.Log(float64(f.limits[i])) }
	var w, mean, sum float64
	for i := from; i < to; i++ {
		w += f.weight[i]
		mean += f.weight[i] * y(i)
	}
	mean /= w
	for i := from; i < to; i++ {
		sum += f.weight[i] * (y(i) - mean) * (y(i) - mean)
	}
	return sum
}

// A line is the best straight line of ln(goodput) over ln(limit) through the limits from an index on.
type line struct {
	weights []float64 // of the limits, 0 before the index; their sum is 1
	x       []float64 // ln(limit)
	centre  float64   // weighted mean of x
	spread  float64   // weighted mean of the squares of x about the centre
	misfit  float64   // weighted sum of squares of the limits about the line
}

func newLine(f *fit, from int) *line {
	l := &line{weights: make([]float64, len(f.limits)), x: make([]float64, len(f.limits))}
	total := 0.0
	for i := from; i < len(f.limits); i++ {
		total += f.weight[i]
	}
	for i := from; i < len(f.limits); i++ {
		l.weights[i], l.x[i] = f.weight[i]/total, math.Log(float64(f.limits[i]))
		l.centre += l.weights[i] * l.x[i]
	}
	for i, w := range l.weights {
		l.spread += w * (l.x[i] - l.centre) * (l.x[i] - l.centre)
	}
	for i := from; i < len(f.limits); i++ {
		e := f.mu[i]
		for k, w := range l.at(f.limits[i]) {
			e -= w * f.mu[k]
		}
		l.misfit += f.weight[i] * e * e
	}
	return l
}

// mean returns the weights with which the limits estimate the line's height in the middle.
func (l *line) mean() []float64 { return l.weights }

// at returns the weights with which the limits estimate the line's height at a limit.
func (l *line) at(limit int) []float64 {
	lever := (math.Log(float64(limit)) - l.centre) / l.spread
	weights := make([]float64, len(l.weights))
	for i, w := range l.weights {
		weights[i] = w * (1 + lever*(l.x[i]-l.centre))
	}
	return weights
}
