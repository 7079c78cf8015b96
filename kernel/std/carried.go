//go:build carried

package std

import (
	"reflect"

	"runnext/kernel/std/gen"
)

func carried() (string, func(string) (map[string]reflect.Value, bool)) {
	return gen.Archive, gen.Symbols
}
