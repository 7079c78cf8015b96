package wire

import "unicode/utf8"

// Offsets in code are counted three ways: the protocol counts Unicode code
// points (since 5.2), browsers count UTF-16 code units, Go counts bytes. All
// functions clamp: what lies before the text is 0, what lies behind it is its
// end, what lies inside a character is that character's start. A byte that is
// not UTF-8 counts as one character, as in a range loop.

// CodePointToByte gives the byte offset of the n-th code point of s.
func CodePointToByte(s string, n int) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// ByteToCodePoint counts the code points of s that end at or before byte b.
func ByteToCodePoint(s string, b int) int {
	return utf8.RuneCountInString(s[:runeStart(s, b)])
}

// UTF16ToByte gives the byte offset of the n-th UTF-16 code unit of s.
func UTF16ToByte(s string, n int) int {
	if n <= 0 {
		return 0
	}
	for i, r := range s {
		if n -= utf16Len(r); n < 0 {
			return i
		}
	}
	return len(s)
}

// ByteToUTF16 counts the UTF-16 code units of s before byte b.
func ByteToUTF16(s string, b int) int {
	n := 0
	for _, r := range s[:runeStart(s, b)] {
		n += utf16Len(r)
	}
	return n
}

func utf16Len(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// runeStart gives the start of the character byte b lies in, clamped to s.
func runeStart(s string, b int) int {
	if b <= 0 {
		return 0
	}
	if b >= len(s) {
		return len(s)
	}
	for back := 1; back < utf8.UTFMax && b-back >= 0; back++ {
		start := b - back
		if !utf8.RuneStart(s[start]) {
			continue
		}
		if _, n := utf8.DecodeRuneInString(s[start:]); n > back {
			return start
		}
		break
	}
	return b
}
