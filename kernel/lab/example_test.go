package lab_test

import (
	"errors"

	"runnext/kernel/lab"
)

func ExampleShow() {
	type goroutine struct {
		ID     int
		Status string
	}
	lab.Show([]goroutine{{1, "running"}, {18, "waiting"}})
	lab.Show("text as it is", errors.New("an error"), []int{1, 2})
	// Output:
	// ID  Status
	// --  -------
	//  1  running
	// 18  waiting
	// text as it is
	// an error
	// [1 2]
}

func ExampleTable() {
	lab.Table([]string{"step", "runs", "queue"}, [][]any{
		{1, "G1", []string{"G7"}},
		{2, "G7", []string{}},
	})
	// Output:
	// step  runs  queue
	// ----  ----  -----
	//    1  G1    [G7]
	//    2  G7    []
}

func ExampleHandle_Update() {
	h := lab.Show("waiting")
	h.Update("done") // in a notebook this takes the place of the first
	// Output:
	// waiting
	// done
}

func ExampleProgress() {
	bar := lab.Progress(4, "pages")
	for range 4 {
		bar.Add(1)
	}
	bar.Done()
	// Output:
	// pages  [####################] 4/4 100 %
}

func ExampleJSON() {
	lab.JSON(map[string]any{"go": 1.26, "cells": []string{"a", "b"}})
	// Output:
	// {
	//   "cells": [
	//     "a",
	//     "b"
	//   ],
	//   "go": 1.26
	// }
}
