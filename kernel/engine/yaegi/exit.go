package yaegi

import (
	"log"
	"os"

	"runnext/kernel/engine"
)

// exits gives the functions and methods that end the process, as a cell sees
// them at one site.
func (c *cell) exits(name string, site int) any {
	std := func() *log.Logger { return c.filed(log.Default(), 0) }
	switch name {
	case "os.Exit":
		return func(status int) { c.exit(site, status) }
	case "log.Fatal":
		return func(a ...any) { std().Print(a...); c.exit(site, 1) }
	case "log.Fatalf":
		return func(f string, a ...any) { std().Printf(f, a...); c.exit(site, 1) }
	case "log.Fatalln":
		return func(a ...any) { std().Println(a...); c.exit(site, 1) }
	case "*log.Logger.Fatal":
		return func(l *log.Logger, a ...any) { c.filed(l, 0).Print(a...); c.exit(site, 1) }
	case "*log.Logger.Fatalf":
		return func(l *log.Logger, f string, a ...any) { c.filed(l, 0).Printf(f, a...); c.exit(site, 1) }
	case "*log.Logger.Fatalln":
		return func(l *log.Logger, a ...any) { c.filed(l, 0).Println(a...); c.exit(site, 1) }
	}
	return nil
}

// exit is os.Exit at a site. Who tells of the end of the process is told before
// where that was: afterwards nobody is left to ask.
func (c *cell) exit(site, status int) {
	j, g := c.running()
	if m, ok := j.io.(engine.Mourned); ok {
		var x engine.Parting
		if p, ok := c.place(site, ""); ok {
			if site < len(c.prog.Sites) {
				p.Func = c.prog.Enclosing(c.prog.Sites[site])
			}
			x.Places = []engine.Place{p}
		}
		if p, ok := g.place(); ok {
			x.Detail = []string{"It happened in goroutine " + itoa(g.number) + " of cell " + itoa(j.cell) + ", started at " + at(p, 0) + "."}
		}
		m.Part(x)
	}
	os.Exit(status)
}
