package directive_test

import (
	"fmt"

	"runnext/kernel/directive"
)

func ExampleTable_Parse() {
	table, err := directive.NewTable(directive.HelpEntry(), directive.SceneEntry())
	if err != nil {
		fmt.Println(err)
		return
	}
	cell, problem := table.Parse("// a scene\n%gmp first-steps -seed 7\nx := 1")
	if problem != nil {
		fmt.Println(problem)
		return
	}
	for _, call := range cell.Lines {
		fmt.Printf("line %d: %s %q\n", call.Line, call.Entry.Written(), call.Args)
	}
	_, problem = table.Parse("%gpm first-steps")
	fmt.Println(problem)
	// Output:
	// line 2: %gmp ["first-steps" "-seed" "7"]
	// 1:1: unknown directive %gpm: the nearest is %gmp
}
