package notebook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"strings"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// A prediction stands above the cell it is about and is judged when the cell
// has run: by what the cell has printed, or by a key where the choice is among
// letters. The cell runs whether or not there is one.

func predictEntry() directive.Entry {
	return directive.Entry{
		Name: "predict", Usage: "CHOICE [-of NAME -key KEY]", Server: "kernel", Summary: "say what the cell will do before it runs",
		Long: "`%predict 3 1 2` above a cell says that it will print, or that its value will be,\n" +
			"3 1 2; `%predict deadlock` or `%predict panic` that it ends so. When the cell has\n" +
			"run it says whether that was right. `?` stands for no prediction yet.\n\n" +
			"With `-of NAME -key KEY` the choice is one of the letters of a question, and the key\n" +
			"knows which. `-key new` tells whoever writes a lesson the key of a choice.\n\n" +
			"In an otherwise empty cell `%predict G7` answers the question that a\n" +
			"`%%gmp -predict` cell has left open; `%predict ?` reveals it.",
	}
}

// prediction is one %predict line.
type prediction struct {
	choice    string
	name, key string
}

func readPrediction(call directive.Call) (prediction, *directive.Error) {
	var p prediction
	var words []string
	for i := 0; i < len(call.Args); i++ {
		flag := strings.TrimLeft(call.Args[i], "-")
		if flag == call.Args[i] || flag != "of" && flag != "key" {
			words = append(words, call.Args[i]) // -1 may be a prediction
			continue
		}
		if i+1 == len(call.Args) {
			return p, call.Fail(i, "something is missing after "+call.Args[i], "", "%help predict explains it.")
		}
		i++
		if flag == "of" {
			p.name = call.Args[i]
		} else {
			p.key = call.Args[i]
		}
	}
	if p.key != "" && p.name == "" {
		return p, call.Fail(-1, "-key needs -of NAME", "A key belongs to one question.", "%help predict explains it.")
	}
	p.choice = strings.Join(words, " ")
	return p, nil
}

// keyOf is the key of a choice: enough to judge, and not to be read.
func keyOf(name, choice string) string {
	sum := sha256.Sum256([]byte(name + "\n" + strings.ToUpper(choice)))
	return hex.EncodeToString(sum[:3])
}

// judge says what became of a prediction, and whether there was one and it was
// right.
func (p prediction) judge(printed string, o engine.Outcome) (text string, made, right bool) {
	switch {
	case p.key == "new":
		return "key: " + keyOf(p.name, p.choice), false, false
	case p.choice == "" || p.choice == "?":
		return "no prediction: write yours behind %predict, and run the cell again", false, false
	case p.key != "":
		right = keyOf(p.name, p.choice) == p.key
	default:
		right = p.came(printed, o)
	}
	if right {
		return fmt.Sprintf("your prediction: %s · right", p.choice), true, true
	}
	return fmt.Sprintf("your prediction: %s · not so. Look at what came, and say why before you read on", p.choice), true, false
}

// came tells whether the choice is what the cell printed, its value, or how it
// ended; blanks and case do not matter.
func (p prediction) came(printed string, o engine.Outcome) bool {
	same := func(text string) bool {
		return strings.EqualFold(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(p.choice), " "))
	}
	if o.Failure != nil {
		return same(string(o.Failure.Kind)) || same(o.Failure.Text) || strings.EqualFold(p.choice, "error")
	}
	if o.Value != nil {
		if text, _ := o.Value.Data["text/plain"].(string); same(text) || same(strings.Trim(text, `"`)) || same(printed+" "+text) {
			return true
		}
	}
	return same(printed)
}

// told shows the verdict, and the score of the session.
func (n *Notebook) told(p prediction, printed string, o engine.Outcome, out engine.Output) {
	text, made, right := p.judge(printed, o)
	if made {
		n.exercises.mu.Lock()
		n.exercises.predicted++
		if right {
			n.exercises.foreseen++
		}
		text += fmt.Sprintf(" (%d right of %d so far)", n.exercises.foreseen, n.exercises.predicted)
		n.exercises.mu.Unlock()
	}
	out.Display(engine.Display{Bundle: engine.Bundle{Data: map[string]any{
		"text/plain": text,
		"text/html":  `<div style="color:#1f2328;background-color:#eef3fb;border-left:4px solid #0b57d0;padding:4px 10px">` + html.EscapeString(text) + `</div>`,
	}}})
}
