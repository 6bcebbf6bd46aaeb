//go:build !race

package optimum_test

const racing = false
