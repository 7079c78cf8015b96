package nb

import (
	"encoding/json"
	"fmt"
)

// Header is what a lesson says of itself in its notebook's metadata, under the
// key runnext.
type Header struct {
	Lesson  string   // two digits
	Title   string   // without the number
	Minutes int      // a careful reader takes
	Needs   []string // numbers of the lessons to be read before
	Claims  []string // ids of the seed's claims that it treats
}

// Header reads the lesson's header.
func (nb *Notebook) Header() (Header, error) {
	fields, ok := nb.Metadata["runnext"].(map[string]any)
	if !ok {
		return Header{}, fmt.Errorf("header: the notebook's metadata has no object runnext")
	}
	o := object{at: "header", fields: fields}
	h := Header{Lesson: o.text("lesson"), Title: o.text("title"), Minutes: o.integer("minutes"),
		Needs: o.texts("needs"), Claims: o.texts("claims")}
	return h, o.end()
}

// SetHeader writes the lesson's header.
func (nb *Notebook) SetHeader(h Header) {
	if nb.Metadata == nil {
		nb.Metadata = map[string]any{}
	}
	nb.Metadata["runnext"] = map[string]any{
		"lesson": h.Lesson, "title": h.Title, "minutes": json.Number(fmt.Sprint(h.Minutes)),
		"needs": anys(h.Needs), "claims": anys(h.Claims),
	}
}

func (o *object) texts(key string) []string {
	out := []string{}
	for _, v := range o.list(key) {
		s, ok := v.(string)
		if !ok {
			o.fail("%s holds what is not a string", key)
		}
		out = append(out, s)
	}
	return out
}

func anys(list []string) []any {
	out := []any{}
	for _, s := range list {
		out = append(out, s)
	}
	return out
}
