package optimum

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A point is one trial as an input of the fit.
type point struct {
	limit, block int
	y            float64 // ln(goodput)
	weight       float64 // inverse variance, up to a common factor
}

// A fit is y = mu[limit] + block + noise by weighted least squares, with blocks as fixed effects: changes of the machine from
// block to block cancel in every difference between two limits.
type fit struct {
	limits []int         // ascending
	mu     []float64     // ln(goodput) by limit, in an average block
	weight []float64     // sum of the weights of each limit's trials
	trials []int         // number of trials of each limit
	cov    *mat.SymDense // covariance of mu, divided by sigma2; only contrasts mean anything
	blocks []effect      // ascending by block
	sigma2 float64       // variance of a trial of weight 1
	df     int           // degrees of freedom of sigma2; with 0 there is no estimate
}

// An effect is by how much a block differs from the others.
type effect struct {
	block  int
	by     float64 // in ln(goodput), against the average block
	weight float64 // sum of the weights of the block's trials
}

// newFit fits the connected points. Two limits can be compared only if a chain of shared blocks leads from one to the other.
// It returns nil if there are no points.
func newFit(points []point) *fit {
	points = connected(points)
	if len(points) == 0 {
		return nil
	}
	f := new(fit)
	for _, p := range points {
		f.limits = append(f.limits, p.limit)
		f.blocks = append(f.blocks, effect{block: p.block})
	}
	slices.Sort(f.limits)
	f.limits = slices.Compact(f.limits)
	slices.SortFunc(f.blocks, func(a, b effect) int { return a.block - b.block })
	f.blocks = slices.Compact(f.blocks)
	f.solve(points)
	return f
}

// connected returns the points that a chain of shared blocks connects to those of the smallest limit.
func connected(points []point) []point {
	if len(points) == 0 {
		return nil
	}
	first := slices.MinFunc(points, func(a, b point) int { return a.limit - b.limit })
	limits := map[int]bool{first.limit: true}
	blocks := make(map[int]bool)
	for grown := true; grown; {
		grown = false
		for _, p := range points {
			if limits[p.limit] != blocks[p.block] {
				limits[p.limit], blocks[p.block] = true, true
				grown = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(points), func(p point) bool { return !limits[p.limit] })
}

// solve eliminates the blocks from the normal equations. What is left for the limits is a Laplacian,
// M = diag(w) - sum over blocks of w w'/W, singular only along a common shift of all limits; adding a constant to
// every entry makes it invertible and leaves all contrasts as they are (Searle 1971, chapter 7).
func (f *fit) solve(points []point) {
	k := len(f.limits)
	shares := mat.NewDense(len(f.blocks), k, nil) // weight by block and limit
	sums := make([]float64, len(f.blocks))        // of weight y, by block
	right := mat.NewVecDense(k, nil)
	f.weight, f.trials = make([]float64, k), make([]int, k)
	for _, p := range points {
		b, i := f.blockIndex(p.block), f.index(p.limit)
		shares.Set(b, i, shares.At(b, i)+p.weight)
		sums[b] += p.weight * p.y
		f.blocks[b].weight += p.weight
		f.weight[i] += p.weight
		f.trials[i]++
		right.SetVec(i, right.AtVec(i)+p.weight*p.y)
	}
	information := mat.NewSymDense(k, nil)
	for i, w := range f.weight {
		information.SetSym(i, i, w)
	}
	ones := mat.NewVecDense(k, slices.Repeat([]float64{1}, k))
	information.SymRankOne(information, mat.Trace(information)/float64(k*k), ones)
	for b, e := range f.blocks {
		information.SymRankOne(information, -1/e.weight, shares.RowView(b))
		right.AddScaledVec(right, -sums[b]/e.weight, shares.RowView(b))
	}
	var factor mat.Cholesky
	factor.Factorize(information)
	f.cov = mat.NewSymDense(k, nil)
	_ = factor.InverseTo(f.cov) // An error would be a warning of bad conditioning, which weights from 0.02 to 1 rule out.
	var mu mat.VecDense
	mu.MulVec(f.cov, right)
	f.mu = mu.RawVector().Data
	f.centre(shares, sums)
	f.estimateNoise(points)
}

// centre computes the effects of the blocks and moves their mean into mu.
func (f *fit) centre(shares *mat.Dense, sums []float64) {
	mean := 0.0
	for b := range f.blocks {
		e := &f.blocks[b]
		e.by = (sums[b] - mat.Dot(shares.RowView(b), mat.NewVecDense(len(f.mu), f.mu))) / e.weight
		mean += e.by / float64(len(f.blocks))
	}
	for b := range f.blocks {
		f.blocks[b].by -= mean
	}
	for i := range f.mu {
		f.mu[i] += mean
	}
}

// estimateNoise estimates the noise from the residuals.
func (f *fit) estimateNoise(points []point) {
	sum := 0.0
	for _, p := range points {
		e := p.y - f.mu[f.index(p.limit)] - f.blocks[f.blockIndex(p.block)].by
		sum += p.weight * e * e
	}
	if f.df = max(0, len(points)-len(f.limits)-len(f.blocks)+1); f.df > 0 {
		// Trials may agree to the last bit: a deviation of a millionth keeps every statistic finite.
		f.sigma2 = max(sum/float64(f.df), 1e-12)
	}
}

// fewDegrees are the degrees of freedom below which an estimate of the noise is too poor to be used alone.
const fewDegrees = 8

// borrowNoise improves the estimate of the noise, while it has few degrees of freedom, by the trials of a block that is not
// part of the fit, except for what all its trials have in common. If they differ for other reasons than noise, because the
// server changed meanwhile, the noise is estimated too high, not too low.
func (f *fit) borrowNoise(others []point) {
	var w, mean, sum float64
	var weights, errors []float64
	for _, p := range others {
		if i, found := slices.BinarySearch(f.limits, p.limit); found {
			weight := 1 / (1/p.weight + 1/f.weight[i])
			weights, errors = append(weights, weight), append(errors, p.y-f.mu[i])
			w += weight
			mean += weight * (p.y - f.mu[i])
		}
	}
	if f.df >= fewDegrees || len(errors) < 2 {
		return
	}
	for i, e := range errors {
		sum += weights[i] * (e - mean/w) * (e - mean/w)
	}
	df := f.df + len(errors) - 1
	f.sigma2 = max((float64(f.df)*f.sigma2+sum)/float64(df), 1e-12)
	f.df = df
}

// index returns where a limit of the fit stands in limits.
func (f *fit) index(limit int) int {
	i, _ := slices.BinarySearch(f.limits, limit)
	return i
}

func (f *fit) blockIndex(block int) int {
	i, _ := slices.BinarySearchFunc(f.blocks, block, func(e effect, block int) int { return e.block - block })
	return i
}

// last returns the index of the largest limit.
func (f *fit) last() int { return len(f.limits) - 1 }

// perSecond returns the goodput of limit i in an average block.
func (f *fit) perSecond(i int) float64 { return math.Exp(f.mu[i]) }

// gap returns by how much limit i lies above limit k in ln(goodput), and the standard error of that.
func (f *fit) gap(i, k int) (by, se float64) {
	variance := f.cov.At(i, i) + f.cov.At(k, k) - 2*f.cov.At(i, k)
	return f.mu[i] - f.mu[k], math.Sqrt(max(0, variance) * f.sigma2)
}

// contrast returns the sum of mu times the weights, which must add up to 0, and its standard error.
func (f *fit) contrast(weights []float64) (by, se float64) {
	w := mat.NewVecDense(len(weights), weights)
	return mat.Dot(w, mat.NewVecDense(len(f.mu), f.mu)), math.Sqrt(max(0, mat.Inner(w, f.cov, w)) * f.sigma2)
}

// withPrior returns the fit with an estimate of the noise that includes the usual noise as a prior. Plans are made with it
// while there are few trials. Of the decisions only the choice of the best limit uses it.
func (f *fit) withPrior() *fit {
	const usual = 3 // degrees of freedom that machineNoise is worth
	prior := *f
	prior.df = f.df + usual
	prior.sigma2 = (usual*machineNoise*machineNoise + float64(f.df)*f.sigma2) / float64(prior.df)
	return &prior
}

// best returns the index of the limit whose goodput minus one standard error is highest. So a limit that was tried once, and
// by chance in a fast moment, is not taken for the best.
func (f *fit) best() int {
	top, highest := 0, math.Inf(-1)
	sigma := math.Sqrt(f.withPrior().sigma2)
	for i := range f.limits {
		if y := f.mu[i] - sigma/math.Sqrt(f.weight[i]); y > highest {
			top, highest = i, y
		}
	}
	return top
}
