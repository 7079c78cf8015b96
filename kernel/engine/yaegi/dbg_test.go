package yaegi
import ("testing";"os";"fmt")
func TestDbg(t *testing.T) {
	n := newNotebook(t)
	b, _ := os.ReadFile(os.Getenv("DBG"))
	x, rep := n.run(string(b))
	if os.Getenv("SRC") != "" { fmt.Println(n.source) }
	fmt.Printf("out: %s\nerr: %s\nfailure: %v\nvalue: %v\n", x.stdout(), x.err.String(), rep.Failure, rep.Value)
}
