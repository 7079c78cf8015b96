package cell

// builtinSignature gives a built-in function as package builtin documents it;
// go/types has no signature for what takes types and many kinds of values.
func builtinSignature(name string) string {
	switch name {
	case "append":
		return "func(slice []Type, elems ...Type) []Type"
	case "cap":
		return "func(v Type) int"
	case "clear":
		return "func[T ~[]Type | ~map[Type]Type1](t T)"
	case "close":
		return "func(c chan<- Type)"
	case "complex":
		return "func(r, i FloatType) ComplexType"
	case "copy":
		return "func(dst, src []Type) int"
	case "delete":
		return "func(m map[Type]Type1, key Type)"
	case "imag":
		return "func(c ComplexType) FloatType"
	case "len":
		return "func(v Type) int"
	case "make":
		return "func(t Type, size ...IntegerType) Type"
	case "max":
		return "func[T cmp.Ordered](x T, y ...T) T"
	case "min":
		return "func[T cmp.Ordered](x T, y ...T) T"
	case "new":
		return "func(Type) *Type"
	case "panic":
		return "func(v any)"
	case "print":
		return "func(args ...Type)"
	case "println":
		return "func(args ...Type)"
	case "real":
		return "func(c ComplexType) FloatType"
	case "recover":
		return "func() any"
	}
	return ""
}
