package lab

import (
	"fmt"
	"testing"
	"testing/fstest"
)

// threadsOf is a /proc with these threads and what each has of switches.
func threadsOf(switches map[string][2]int) fstest.MapFS {
	root := fstest.MapFS{}
	for id, n := range switches {
		text := fmt.Sprintf("Name:\tworker\nThreads:\t9\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n", n[0], n[1])
		root["proc/self/task/"+id+"/status"] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

func TestThreadsThatWorked(t *testing.T) {
	before := readTasks(threadsOf(map[string][2]int{"10": {5, 1}, "11": {7, 0}, "12": {3, 3}, "13": {1, 1}}))
	for _, test := range []struct {
		name string
		now  map[string][2]int
		want int
	}{
		{"none", map[string][2]int{"10": {5, 1}, "11": {7, 0}}, 0},
		{"it waited", map[string][2]int{"10": {6, 1}, "11": {7, 0}, "12": {3, 3}}, 1},
		{"it was sent off its core", map[string][2]int{"10": {5, 1}, "11": {7, 4}}, 1},
		{"new ones", map[string][2]int{"10": {5, 1}, "20": {1, 0}, "21": {0, 0}}, 2},
		{"one has gone", map[string][2]int{"10": {5, 1}, "12": {9, 3}}, 1},
	} {
		if got := before.worked(threadsOf(test.now)); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
	if got := before.worked(fstest.MapFS{}); got != 0 {
		t.Errorf("without /proc: %d threads", got)
	}
}
