//go:build !unix

package machine

// kernelRelease is not known without uname.
func kernelRelease() string { return "" }
