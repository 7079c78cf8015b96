package wire_test

import (
	"testing"
	"unicode/utf16"

	"runnext/kernel/wire"
)

func TestOffsets(t *testing.T) {
	const s = "aé😀\xffz" // 1, 2, 4, 1 and 1 bytes; 1, 1, 2, 1 and 1 UTF-16 units
	for _, tt := range []struct{ points, bytes, units int }{
		{0, 0, 0}, {1, 1, 1}, {2, 3, 2}, {3, 7, 4}, {4, 8, 5}, {5, 9, 6},
	} {
		if got := wire.CodePointToByte(s, tt.points); got != tt.bytes {
			t.Errorf("code point %d is byte %d, want %d", tt.points, got, tt.bytes)
		}
		if got := wire.ByteToCodePoint(s, tt.bytes); got != tt.points {
			t.Errorf("byte %d is code point %d, want %d", tt.bytes, got, tt.points)
		}
		if got := wire.UTF16ToByte(s, tt.units); got != tt.bytes {
			t.Errorf("unit %d is byte %d, want %d", tt.units, got, tt.bytes)
		}
		if got := wire.ByteToUTF16(s, tt.bytes); got != tt.units {
			t.Errorf("byte %d is unit %d, want %d", tt.bytes, got, tt.units)
		}
	}
	for name, pair := range map[string][2]int{
		"before":               {wire.CodePointToByte(s, -1), 0},
		"behind":               {wire.CodePointToByte(s, 1<<53), 9},
		"bytes before":         {wire.ByteToCodePoint(s, -5), 0},
		"bytes behind":         {wire.ByteToCodePoint(s, 100), 5},
		"in é":                 {wire.ByteToCodePoint(s, 2), 1},
		"in 😀":                 {wire.ByteToCodePoint(s, 6), 2},
		"in 😀, units":          {wire.ByteToUTF16(s, 5), 2},
		"inside a surrogate":   {wire.UTF16ToByte(s, 3), 3},
		"units before":         {wire.UTF16ToByte(s, -1), 0},
		"units behind":         {wire.UTF16ToByte(s, 7), 9},
		"bytes behind, units":  {wire.ByteToUTF16(s, 10), 6},
		"empty":                {wire.CodePointToByte("", 1), 0},
		"continuations alone":  {wire.ByteToCodePoint("\x80\x80\x80\x80\x80", 3), 3},
		"cut off rune":         {wire.ByteToCodePoint("\xf0\x9f\x98", 2), 2},
		"after a lone starter": {wire.ByteToCodePoint("\xf0é", 2), 1},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, want %d", name, pair[0], pair[1])
		}
	}
}

// FuzzOffsets holds the offsets against slices of runes and of UTF-16 units.
func FuzzOffsets(f *testing.F) {
	f.Add("", 0)
	f.Add("aé😀\xffz", 3)
	f.Add("\xf0\x9f\x98", 2)
	f.Add("x\xed\xa0\x80", -1)
	f.Add("\U0010FFFF\uFFFD", 1<<40)
	f.Fuzz(func(t *testing.T, s string, n int) {
		runes := []rune(s)
		b := wire.CodePointToByte(s, n)
		clamped := min(max(n, 0), len(runes))
		if got := wire.ByteToCodePoint(s, b); got != clamped {
			t.Errorf("%q: code point %d is byte %d is code point %d", s, n, b, got)
		}
		if got := len([]rune(s[:b])); got != clamped {
			t.Errorf("%q: %d code points before byte %d, not %d", s, got, b, clamped)
		}
		units := len(utf16.Encode(runes))
		b = wire.UTF16ToByte(s, n)
		clamped = min(max(n, 0), units)
		if got := wire.ByteToUTF16(s, b); got > clamped || clamped-got > 1 || got != len(utf16.Encode([]rune(s[:b]))) {
			t.Errorf("%q: unit %d is byte %d is unit %d", s, n, b, got)
		}
		// Any byte offset gives the start of a character, or what lies at it.
		points := wire.ByteToCodePoint(s, n)
		if start := wire.CodePointToByte(s, points); start > min(max(n, 0), len(s)) || points > len(runes) {
			t.Errorf("%q: byte %d is code point %d, byte %d", s, n, points, start)
		} else if points < len(runes) && wire.CodePointToByte(s, points+1) <= n {
			t.Errorf("%q: byte %d is behind code point %d", s, n, points)
		}
	})
}
