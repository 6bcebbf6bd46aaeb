//go:build !unix

package cli

// kernelRelease is not known without uname.
func kernelRelease() string { return "" }
