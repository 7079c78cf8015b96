package machine_test

import (
	"strings"
	"testing"

	"runnext/sim/machine"
	"runnext/sim/verify"
)

// TestConcurrentMaps has goroutines use a map at the same time on two Ps and
// more. Some uses that no lock orders are caught; those that one orders, and
// reads alone, never are.
func TestConcurrentMaps(t *testing.T) {
	for _, c := range []struct{ name, loop, fatal string }{
		{"writes", "for j := range 1000 { m[j] = i }", "fatal error: concurrent map writes"},
		{"deletes", "for j := range 1000 { delete(m, i+j) }", "fatal error: concurrent map writes"},
		{"reads and writes", "for j := range 1000 { if i == 0 { m[j] = i } else { s[i] += m[j] } }", "fatal error: concurrent map read and map write"},
		{"walks and writes", "for j := range 4000 { if i == 0 { m[j%9] = i; continue }; for k := range m { s[i] += k } }", "fatal error: concurrent map iteration and map write"},
		{"locked", "for j := range 200 { mu.Lock(); m[j%7] += i; mu.Unlock() }", ""},
		{"reads", "for j := range 1000 { s[i] += m[j] }", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "package main\n\nimport \"sync\"\n\nfunc main() {\n\tm := map[int]int{1: 1, 2: 2, 3: 3}\n\tvar s [6]int\n" +
				"\tvar mu sync.Mutex\n\tvar wg sync.WaitGroup\n\tfor i := range s {\n\t\twg.Go(func() {\n\t\t\t" + c.loop +
				"\n\t\t})\n\t}\n\tmu.Lock()\n\tmu.Unlock()\n\twg.Wait()\n}\n"
			caught := 0
			for seed := range uint64(12) {
				o, err := run(t, "main.go", []byte(src), func(cfg *machine.Config) { cfg.P, cfg.Seed = 2+int(seed%3), seed })
				if err != nil {
					t.Fatal(err)
				}
				first, _, _ := strings.Cut(o.stderr.String(), "\n")
				switch {
				case first == c.fatal && (first != "") == (o.res.Status == 2):
					caught++
				case o.res.Status != 0:
					t.Errorf("seed %d: status %d, stderr %q", seed, o.res.Status, first)
				}
				for _, v := range verify.Check(o.res.Log) {
					t.Errorf("seed %d: log: %v", seed, v)
				}
			}
			if caught == 0 || c.fatal == "" && caught < 12 {
				t.Errorf("%d of 12 runs end with %q", caught, c.fatal)
			}
		})
	}
}
