//go:build !linux && !darwin

package machine

// cpuModel is not known here.
func cpuModel() string { return "" }
