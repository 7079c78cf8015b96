"""jupyter_kernel_test's whole class."""

import jupyter_kernel_test


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "runnext"
    support_iopub_welcome = True


class TestConformance(jupyter_kernel_test.KernelTests):
    kernel_name = "runnext"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'

    completion_samples = [
        {"text": "strings.ToUpperS", "matches": {"ToUpperSpecial"}},
        {"text": "func f() { retu", "matches": {"return"}},
        {"text": "strings.noSuchThing", "matches": set()},
    ]

    complete_code_samples = ["1 + 1", "x := 1", "func f() {\n}\n", "for i := range 3 {\n\tprintln(i)\n}", "// a word", ""]
    incomplete_code_samples = ["func f() {", "for i := range 3 {", "x := []int{1,", "`raw", "1 +", "/* a comment"]
    invalid_code_samples = ["x := )", "func f() }", "for {}}", '"no end']

    code_page_something = "%help gmp"
    code_generate_error = 'panic("boom")'

    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": '"ab" + "c"', "result": '"abc"'},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
        {"code": "struct{ A, B int }{3, 4}", "result": "{A:3 B:4}"},
        {"code": 'strings.Cut("a=b", "=")', "result": '"a", "b", true'},
        {"code": 'errors.New("no")', "result": "no"},
    ]
    code_display_data = [
        {"code": 'lab.HTML("<b>x</b>")', "mime": "text/html"},
        {"code": 'lab.HTML("<b>x</b>")', "mime": "text/plain"},
        {"code": 'lab.Markdown("*x*")', "mime": "text/markdown"},
        {"code": "lab.JSON(map[string]int{\"a\": 1})", "mime": "application/json"},
        {"code": 'lab.Table([]string{"G"}, [][]any{{1}})', "mime": "text/html"},
    ]

    code_history_pattern = "1 + 2"
    supported_history_operations = ("tail", "range", "search")

    code_inspect_sample = "strings.ToUpper"
    code_clear_output = "lab.Clear()"

    def test_history_pattern_finds(self) -> None:
        # test_history only asks for 3 matches of what it ran before
        for _ in range(3):
            self.execute_helper("1 + 2")
        reply = self.history_helper([], output=True, raw=True, hist_access_type="search", pattern="1*2", n=2)
        assert [h[2] for h in reply["content"]["history"]] == [["1 + 2", "3"]] * 2
