//go:build !linux && !darwin

package cli

// cpuModel is not known here.
func cpuModel() string { return "" }
