package cell

// keyword describes one of Go's 25 keywords: how it is written and what it does
// (the Go programming language specification, Keywords and Statements).
func keyword(word string) (sheet, bool) {
	k, ok := map[string][2]string{
		"break":       {"break\nbreak Label", "Ends the innermost `for`, `switch` or `select`, or the one that carries the label."},
		"case":        {"case 1, 2:        // in a switch\ncase v := <-ch:   // in a select", "One branch of a `switch` or `select`. No branch falls into the next one."},
		"chan":        {"chan T      // send and receive\nchan<- T    // send only\n<-chan T    // receive only", "The type of a channel. `make(chan T)` has no buffer: a send waits for its receive. `make(chan T, n)` holds n values. A nil channel blocks for ever."},
		"const":       {"const Max = 10\nconst (\n\tA = iota\n\tB\n)", "Declares constants. `iota` counts the lines of a group from 0."},
		"continue":    {"continue\ncontinue Label", "Goes on with the next turn of the innermost `for`, or of the one that carries the label."},
		"default":     {"default:", "The branch that is taken when no other one is. In a `select` it is taken at once when no case can proceed, so that the `select` never blocks."},
		"defer":       {"defer f(x)", "Calls f when the surrounding function returns, also by a panic. The arguments are evaluated now; the calls run last in, first out."},
		"else":        {"if ok {\n} else if other {\n} else {\n}", "What runs when the condition of an `if` does not hold."},
		"fallthrough": {"fallthrough", "As the last statement of a `case`: goes on with the next branch of the `switch`, whatever its condition."},
		"for":         {"for i := 0; i < n; i++ {}\nfor cond {}\nfor {}\nfor i := range 10 {}\nfor i, v := range values {}\nfor v := range ch {}", "Go's only loop. Each turn has a loop variable of its own. `range` over a channel ends when it is closed."},
		"func":        {"func add(a, b int) int { return a + b }\nf := func() {}", "Declares a function or a method, or is a function as a value. A function value keeps the variables around it alive and shares them."},
		"go":          {"go f(x)\ngo func() { … }()", "Starts f as a goroutine and goes on at once. The arguments are evaluated here; f runs concurrently and its results are dropped. Nobody waits for it unless you do: with a channel or a `sync.WaitGroup`. The scheduler puts the new goroutine into `runnext` of the processor it was started on."},
		"goto":        {"goto Label", "Goes on at the label, in the same function and block."},
		"if":          {"if cond {}\nif err := f(); err != nil {}", "Runs the block when the condition holds. A statement may stand before the condition."},
		"import":      {"import \"fmt\"\nimport (\n\t\"os\"\n\tr \"math/rand/v2\"\n)", "Makes a package's exported names usable. In a cell, imports of the standard library may be left out."},
		"interface":   {"interface{ Read(p []byte) (int, error) }\ninterface{ ~int | ~string }", "A set of methods; any type that has them implements it. With types in it, it is a constraint for type parameters."},
		"map":         {"map[K]V\nm := map[string]int{\"a\": 1}\nv, ok := m[\"b\"]", "A table from keys to values. The order of `range` is not fixed. Two goroutines must not use one at the same time if one of them writes."},
		"package":     {"package main", "The first line of a file. In a cell it may be left out."},
		"range":       {"for i, v := range x {}", "Goes over an integer, array, slice, string, map, channel or iterator function."},
		"return":      {"return\nreturn a, b", "Ends the function with its results; deferred calls run first."},
		"select":      {"select {\ncase v := <-in:\ncase out <- x:\ncase <-time.After(time.Second):\ndefault:\n}", "Waits until one of its sends or receives can proceed. If several can, one is picked at random. Without `default` it blocks; `select {}` blocks for ever."},
		"struct":      {"type Point struct {\n\tX, Y int\n}", "A type made of named fields. A field without a name embeds its type: its fields and methods are promoted."},
		"switch":      {"switch x {\ncase 1, 2:\ndefault:\n}\nswitch v := x.(type) {\ncase int:\n}", "Takes the first branch that matches; without an expression, the first that is true. With `.(type)` it asks for the type in an interface."},
		"type":        {"type Celsius float64\ntype Set[T comparable] map[T]bool\ntype Alias = Celsius", "Declares a type; with `=` another name for one."},
		"var":         {"var n int\nvar a, b = 1, \"two\"", "Declares variables. Without a value they hold the zero value of their type."},
	}[word]
	return sheet{code: k[0], doc: k[1], from: "A keyword of Go."}, ok
}
