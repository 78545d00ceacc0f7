"""What a suite came to, read from the reports that the test runners write."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass
class Result:
    """Counts of one suite. A skipped test counts as failed: what was not tried is not known to work."""

    suite: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)

    def fail(self, reason: str) -> None:
        """Count one failure that is not a test's."""
        self.failed += 1
        self.problems.append(reason)


def add_junit(result: Result, report: Path) -> int:
    """Add the counts of a pytest JUnit report; returns how many tests it holds."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 # our own pytest wrote it
    total = 0
    for suite in suites:
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += tests
        result.failed += failed + skipped
        result.passed += max(0, tests - failed - skipped)
        for case in suite.iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                result.problems.append(name)
            elif case.find("skipped") is not None:
                result.problems.append(f"{name}（被跳过 skipped）")
    return total


def add_vitest(result: Result, report: Path) -> None:
    """Add the counts of a Vitest JSON report."""
    content = json.loads(report.read_text(encoding="utf-8"))
    passed, total = int(content["numPassedTests"]), int(content["numTotalTests"])
    result.passed += passed
    result.failed += total - passed
    for file in content["testResults"]:
        for case in file["assertionResults"]:
            if case["status"] != "passed":
                result.problems.append(f"{Path(file['name']).name}: {case['fullName']}（{case['status']}）")
        if file["status"] != "passed" and not file["assertionResults"]:
            result.fail(f"{Path(file['name']).name}: {file.get('message', '')[:200]}")
    if total == 0:
        result.fail("vitest 没有找到测试 found no tests")


def closing_line(results: list[Result]) -> str:
    """The last line of every run."""
    return f"{sum(r.passed for r in results)} passed, {sum(r.failed for r in results)} failed"


def short(text: str, limit: int = 160) -> str:
    """One line of at most ``limit`` characters, colours removed."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).strip().replace("\n", " ")
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
