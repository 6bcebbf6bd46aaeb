package machine

import "testing"

func TestModelInFindsTheModelOrTheBoard(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 7763\n\nmodel name\t: another\n", "AMD EPYC 7763"},
		{"processor\t: 0\nCPU implementer\t: 0x41\n\nModel\t\t: Raspberry Pi 4 Model B\n", "Raspberry Pi 4 Model B"},
		{"CPU implementer\t: 0x41\n", ""},
		{"", ""},
	} {
		if got := modelIn(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestDescribeHasTheKernel(t *testing.T) {
	if m := Describe(); m.Kernel == "" || m.CPUs < 1 || m.OpenFiles < 1 {
		t.Errorf("got %+v, want a kernel, processors and a limit on open files", m)
	}
}
