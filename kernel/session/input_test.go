package session_test

import (
	"testing"

	"runnext/kernel/kerneltest"
)

func TestAnswers(t *testing.T) {
	tests := []struct {
		name   string
		answer func(c *kerneltest.Client, cell *kerneltest.Cell, question *kerneltest.Message)
		want   string
	}{
		{"without a parent", func(c *kerneltest.Client, _ *kerneltest.Cell, _ *kerneltest.Message) {
			c.Answer(nil, "x")
		}, "x\n"},
		{"to the question", func(c *kerneltest.Client, _ *kerneltest.Cell, q *kerneltest.Message) {
			c.Answer(q, "x")
		}, "x\n"},
		{"to the cell", func(c *kerneltest.Client, cell *kerneltest.Cell, _ *kerneltest.Message) {
			c.AnswerTo(cell.ID, "x")
		}, "x\n"},
		{"to another question first", func(c *kerneltest.Client, _ *kerneltest.Cell, q *kerneltest.Message) {
			c.AnswerTo("an old one", "stale")
			c.Answer(q, "x")
		}, "x\n"},
		{"twice", func(c *kerneltest.Client, _ *kerneltest.Cell, q *kerneltest.Message) {
			c.Answer(q, "x")
			c.Answer(q, "y")
		}, "x\n"},
		{"end of file", func(c *kerneltest.Client, _ *kerneltest.Cell, q *kerneltest.Message) {
			c.Answer(q, "\x04")
		}, "EOF\n"},
		{"no string", func(c *kerneltest.Client, _ *kerneltest.Cell, q *kerneltest.Message) {
			c.Answer(q, 7)
		}, "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, c := one(t, nil)
			cell := c.Start("input name? ", kerneltest.Asking())
			tt.answer(c, cell, cell.Asked(1))
			cell.Done().Stdout(tt.want).OK()
		})
	}
}

// stdinRead returns when everything that was sent on stdin has been read.
func (k *kernel) stdinRead(t *testing.T) {
	t.Helper()
	c := k.client(t, "probe")
	cell := c.Start("input probe? ", kerneltest.Asking(), kerneltest.OnSubshell(c.Subshell()))
	c.Answer(cell.Asked(1), "x")
	cell.Done().Stdout("x\n").OK()
	c.Close()
}

// TestStaleAnswer sends an answer before there is a question.
func TestStaleAnswer(t *testing.T) {
	k, c := one(t, nil)
	c.Answer(nil, "stale")
	c.AnswerTo("nothing", "stale")
	k.stdinRead(t)
	cell := c.Start("input a? \ninput b? ", kerneltest.Asking())
	c.Answer(cell.Asked(1), "one")
	q := cell.Asked(2)
	c.Answer(cell.Asked(1), "stale")
	c.Answer(q, "two")
	cell.Done().Stdout("one\ntwo\n").OK()
}

// TestAnswerOfAnotherClient must not reach a cell that did not ask it.
func TestAnswerOfAnotherClient(t *testing.T) {
	k, c := one(t, nil)
	other := k.client(t, "other")
	cell := c.Start("input name? ", kerneltest.Asking())
	q := cell.Asked(1)
	other.Answer(q, "forged")
	other.Answer(nil, "forged")
	k.stdinRead(t)
	c.Answer(nil, "mine")
	cell.Done().Stdout("mine\n").OK()
	other.Close()
}

// TestOneQuestionAtATime lets two cells of one client ask at once.
func TestOneQuestionAtATime(t *testing.T) {
	_, c := one(t, nil)
	first := c.Start("input a? ", kerneltest.Asking())
	first.Asked(1)
	second := c.Start("input b? ", kerneltest.Asking(), kerneltest.OnSubshell(c.Subshell()))
	second.Await("execute_input", nil)
	c.Answer(nil, "one")
	first.Done().Stdout("one\n")
	second.Asked(1)
	c.Answer(nil, "two")
	second.Done().Stdout("two\n")
}

// TestOutputBeforeQuestion holds iopub: the question must wait behind what was
// printed before it, and an interrupt must still get through.
func TestOutputBeforeQuestion(t *testing.T) {
	k, c := one(t, nil)
	c.Ask("kernel_info_request", nil)
	cell := c.Start("wait gate\nprint first\ninput name? ", kerneltest.Asking())
	k.reached(t, "gate")
	release := k.hub.Hold()
	defer release()
	k.echo.Open("gate")
	if got := c.Send(kerneltest.Control, "interrupt_request", nil).Replied().Content["status"]; got != "ok" {
		t.Errorf("interrupt_reply: %v", got)
	}
	release()
	cell.Done().Error("interrupted")
	again := c.Start("raw first\nraw second\ninput name? ", kerneltest.Asking())
	again.Asked(1)
	again.Stdout("firstsecond") // the hub delivers in the order of sending
	c.Answer(nil, "x")
	again.Done().Stdout("firstsecondx\n").OK()
}

// TestClientGone asks a client that has left: the cell must not wait for it.
func TestClientGone(t *testing.T) {
	k, c := one(t, nil)
	leaving := k.client(t, "leaving")
	cell := leaving.Start("wait gate\ninput name? ", kerneltest.Asking())
	k.reached(t, "gate")
	leaving.Leaving()
	leaving.Close()
	k.echo.Open("gate")
	c.AwaitOrphan("the error of the cell", func(m *kerneltest.Message) bool {
		return m.Type == "error" && m.ParentID == cell.ID
	})
	c.Execute("print on").Stdout("on\n")
}

func TestNoQuestionAfterTheCell(t *testing.T) {
	k, c := one(t, nil)
	cell := c.Execute("lateinput gate name? ", kerneltest.Asking()).OK()
	k.echo.Open("gate")
	cell.AwaitStdout("the cell is over")
}
