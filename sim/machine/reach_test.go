package machine_test

import (
	"errors"
	"strings"
	"testing"

	"runnext/sim/machine"
)

// TestReach holds refusals to what a program can reach: before anything of it
// runs, and with the place. refused is "" for a program that runs.
func TestReach(t *testing.T) {
	for _, tt := range []struct{ name, imports, code, refused string }{
		{"merely imported", `import _ "net/http"`, "func main() { println(1) }", ""},
		{"a constant and a type", `import "net/http"`, "var c *http.Client\nfunc main() { println(http.StatusOK, c == nil) }", ""},
		{"in a function that nobody calls", `import "net/http"`, "func f() { http.Get(\"x\") }\nfunc main() {}", ""},
		{"called", `import "net/http"`, "func f() {\n\thttp.Get(\"x\")\n}\nfunc main() { println(1); f() }", "main.go:4:10: net/http.Get "},
		{"in a goroutine", `import "os"`, "func main() {\n\tprintln(1)\n\tgo os.ReadFile(\"x\")\n}", "main.go:5:2: os.ReadFile "},
		{"deferred in a closure", `import "os"`, "func main() {\n\tfunc() {\n\t\tdefer os.Remove(\"x\")\n\t}()\n}", "main.go:5:3: os.Remove "},
		{"as a value", `import "os"`, "var open = os.Open\nfunc main() { println(open != nil) }", "main.go:3:5: os.Open "},
		{"another process", `import "os/exec"`, "func main() { exec.Command(\"ls\").Run() }", "main.go:3:27: os/exec.Command "},
		{"a variable", `import "net/http"`, "func main() {\n\t_ = *http.DefaultClient\n}", "main.go:4:12: the variable net/http.DefaultClient "},
		{"through an interface", `import "net/http"`, "type getter interface{ Get(string) (*http.Response, error) }\nfunc main() {\n\tvar g getter = &http.Client{}\n\tprintln(1)\n\tg.Get(\"x\")\n}",
			"main.go:7:7: (*net/http.Client).Get "},
		{"through a method that a package calls", `import ("encoding/json"; "os")`, "type t struct{}\nfunc (t) MarshalJSON() ([]byte, error) {\n\treturn os.ReadFile(\"x\")\n}\nfunc main() { json.Marshal(t{}) }",
			"main.go:5:20: os.ReadFile "},
		{"in a generic function", `import "os"`, "func f[T any](T) { os.Getpagesize(); os.Mkdir(\"x\", 0) }\nfunc main() { f(1) }", "main.go:3:46: os.Mkdir "},
		{"while variables are made", `import "os"`, "var a, _ = os.ReadFile(\"x\")\nfunc main() { println(len(a)) }", "main.go:3:23: os.ReadFile "},
		{"functions made by reflect", `import "reflect"`, "func main() { reflect.MakeFunc(reflect.TypeOf(main), nil) }", "main.go:3:31: reflect.MakeFunc "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := run(t, "main.go", []byte("package main\n"+tt.imports+"\n"+tt.code), nil)
			if tt.refused == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, machine.ErrRefused) || !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("the error is %v, want %s", err, tt.refused)
			}
			if o.stdout.Len() > 0 || o.stderr.Len() > 0 {
				t.Errorf("it ran: %q %q", &o.stdout, &o.stderr)
			}
		})
	}
}
