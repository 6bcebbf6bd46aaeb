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
