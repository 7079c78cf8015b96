package core

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// unsafeCall gives the text of a call of a function of package unsafe. Both
// faces of a type have the memory that the compiler gives it, so that pointers
// lead where they lead in a built program.
func (f *function) unsafeCall(name string, c *ssa.CallCommon, args []string, pos token.Pos) string {
	switch name {
	case "Add":
		return fmt.Sprintf("h.UnsafeAdd(%s, %s)", args[0], f.intText(c.Args[1]))
	case "Slice":
		return fmt.Sprintf("%s(%d, %s, %s)", f.e.helper("unsafeslice", c.Args[0].Type(), c.Signature().Results().At(0).Type()), f.e.site(pos), args[0], f.intText(c.Args[1]))
	case "SliceData":
		return fmt.Sprintf("%s(%s)", f.e.helper("slicedata", c.Args[0].Type(), c.Signature().Results().At(0).Type()), args[0])
	case "String":
		return fmt.Sprintf("h.UnsafeString(%d, %s, %s)", f.e.site(pos), args[0], f.intText(c.Args[1]))
	case "StringData":
		return fmt.Sprintf("h.StringData(%s)", args[0])
	}
	f.e.refuse(pos, "unsafe."+name+" has no form here")
	return ""
}
