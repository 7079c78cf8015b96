package nb

import (
	"regexp"
	"strings"
)

var (
	// guess is a %predict line that waits for the reader's choice.
	guess = regexp.MustCompile(`^%predict \?(?: -of (\S+) -key [0-9a-f]{6})?$`)
	// letter is the answer that an explanation begins with.
	letter = regexp.MustCompile(`^\*\*[A-Z]\b`)
)

// predicted checks that a question with lettered answers can be answered in the
// notebook: one of the cells that are run carries a %predict line of that
// question, with no choice made. Whether its key fits only the kernel can tell.
func (l *lint) predicted(ask Cell, runs []Cell, explain Cell) {
	name := strings.Replace(ask.ID, "-predict-", "-", 1)
	lines := 0
	for _, c := range runs {
		for _, d := range Split(c.Source).Directives {
			if !strings.HasPrefix(d, "%predict") {
				continue
			}
			lines++
			m := guess.FindStringSubmatch(d)
			switch {
			case m == nil:
				l.add(c.ID, "rounds", "a prediction is left to the reader: %%predict ? -of %s -key KEY", name)
			case m[1] != "" && m[1] != name:
				l.add(c.ID, "rounds", "the prediction is of %s, the question is %s", m[1], name)
			}
		}
	}
	lettered := strings.Contains(ask.Source, "\n- **A** ") && letter.MatchString(explain.Source)
	if lines > 1 || lettered && lines == 0 {
		l.add(ask.ID, "rounds", "%d of its cells carry a %%predict line, and one must", lines)
	}
}
