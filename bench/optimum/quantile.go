package optimum

import "sweetspot/results/stat"

// student returns the value that Student's t with df degrees of freedom exceeds with probability alpha.
func student(alpha float64, df int) float64 { return stat.Student(alpha, float64(df)) }

// survival returns the probability that an F statistic with d1 and d2 degrees of freedom exceeds f.
func survival(f float64, d1, d2 int) float64 { return stat.FSurvival(f, float64(d1), float64(d2)) }
