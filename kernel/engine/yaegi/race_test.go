//go:build race

package yaegi

const underRace = true
