//go:build !carried

package std

import "reflect"

func carried() (string, func(string) (map[string]reflect.Value, bool)) { return "", nil }
