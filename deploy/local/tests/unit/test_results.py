"""Counting what the test runners report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from linkage_local.errors import LaunchError
from linkage_local.paths import Layout
from linkage_local.testing.results import Result, add_junit, add_vitest, closing_line
from linkage_local.testing.runner import run_suites

JUNIT = """<testsuites><testsuite name="pytest" tests="4" failures="1" errors="1" skipped="1">
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure>x</failure></testcase>
<testcase classname="a" name="broken"><error>x</error></testcase>
<testcase classname="a" name="left_out"><skipped/></testcase>
</testsuite></testsuites>"""


class TestPytest:
    def test_a_skipped_test_counts_as_failed(self, tmp_path: Path) -> None:
        (tmp_path / "r.xml").write_text(JUNIT)
        result = Result("unit")
        assert add_junit(result, tmp_path / "r.xml") == 4
        assert (result.passed, result.failed) == (1, 3)
        assert [line.split("（")[0] for line in result.problems] == ["a.bad", "a.broken", "a.left_out"]


class TestVitest:
    def test_passed_and_failed_are_counted(self, tmp_path: Path) -> None:
        cases = [{"status": "passed", "fullName": "good"}, {"status": "failed", "fullName": "bad"}]
        files = [{"name": "/x/a.test.ts", "status": "failed", "assertionResults": cases}]
        report = {"numPassedTests": 1, "numTotalTests": 2, "testResults": files}
        (tmp_path / "v.json").write_text(json.dumps(report))
        result = Result("web")
        add_vitest(result, tmp_path / "v.json")
        assert (result.passed, result.failed) == (1, 1)
        assert result.problems == ["a.test.ts: bad（failed）"]

    def test_a_file_that_does_not_load_is_a_failure(self, tmp_path: Path) -> None:
        files = [{"name": "/x/a.test.ts", "status": "failed", "assertionResults": [], "message": "no such module"}]
        (tmp_path / "v.json").write_text(json.dumps({"numPassedTests": 1, "numTotalTests": 1, "testResults": files}))
        result = Result("web")
        add_vitest(result, tmp_path / "v.json")
        assert (result.passed, result.failed) == (1, 1)

    def test_no_test_at_all_is_a_failure(self, tmp_path: Path) -> None:
        (tmp_path / "v.json").write_text(json.dumps({"numPassedTests": 0, "numTotalTests": 0, "testResults": []}))
        result = Result("web")
        add_vitest(result, tmp_path / "v.json")
        assert result.failed == 1


class TestTheRun:
    def test_the_closing_line_sums_up(self) -> None:
        assert closing_line([Result("a", 3, 0), Result("b", 2, 1)]) == "5 passed, 1 failed"

    def test_an_unknown_suite_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(LaunchError, match="没有名为 units 的测试"):
            run_suites(Layout.of(tmp_path), ["units"], "")
