package yaegi

import (
	"runtime"
	"sync"
	"testing"
)

func TestGoid(t *testing.T) {
	if at := goidAt(); at == 0 && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64") {
		t.Error("the number is not found where this version of Go has it")
	}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if got, want := goid(), goidTold(); got != want {
				t.Errorf("goid is %d, the runtime says %d", got, want)
			}
		})
	}
	wg.Wait()
}
