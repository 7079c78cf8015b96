package lab

import (
	"math"
	"strconv"
)

// quantity writes a figure with three digits, in the unit a person would use.
func quantity(v float64, unit string) string {
	switch unit {
	case "ns":
		for _, u := range []struct {
			of   float64
			name string
		}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
			if math.Abs(v) >= 0.9995*u.of { // what would be written as 1000 of the next
				return digits(v/u.of) + " " + u.name
			}
		}
		return digits(v) + " ns"
	case "B":
		name, of := bytesUnit(v)
		return digits(v/of) + " " + name
	case "1/s":
		return digits(v) + " /s"
	}
	return digits(v)
}

// bytesUnit gives the unit in which so many bytes are written.
func bytesUnit(v float64) (name string, of float64) {
	for i, name := range []string{"GiB", "MiB", "KiB"} {
		if of := math.Pow(1024, float64(3-i)); math.Abs(v) >= of {
			return name, of
		}
	}
	return "B", 1
}

func digits(v float64) string {
	switch a := math.Abs(v); {
	case a >= 10_000:
		if v < 0 {
			return "-" + grouped(uint64(math.Round(a)))
		}
		return grouped(uint64(math.Round(a)))
	case a >= 99.95 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// grouped writes a number of five digits and more in groups of three.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	if len(s) < 5 {
		return s
	}
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
