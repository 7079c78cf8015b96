package observe

import "runnext/kernel/engine"

// onePage shows a report that comes as a picture and, after it, as data with its
// words, as one display: the picture with those words. JupyterLab would open
// the data as a tree below the picture, and who asks for races reads and does
// not compute. One goroutine uses it.
type onePage struct {
	engine.Output
	picture *engine.Display // that waits for its words
}

func (p *onePage) Display(d engine.Display) {
	_, data := d.Data["application/json"]
	switch {
	case data && p.picture != nil:
		p.picture.Data["text/plain"] = d.Data["text/plain"]
		p.end()
	case d.Metadata[engine.QuietMark] != nil || d.Data["text/html"] == nil:
		p.Output.Display(d)
	default:
		p.end()
		p.picture = &d
	}
}

// end shows a picture whose words have not come.
func (p *onePage) end() {
	if p.picture != nil {
		p.Output.Display(*p.picture)
		p.picture = nil
	}
}
