"""Report → JUnit XML, for test pages of any continuous integration.

One suite per file, one case per diagnostic: an error fails, a warning or information passes and says so in
`system-out`, what a waiver covers is skipped with its reason. A clean run has one case that passes, since
several readers take an empty report for a broken one. No times: they would differ at every run.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.reporters.findings import Report, summarize, with_prefix
from booklet.diagnostics.reporters.full import write_diagnostic
from booklet.text.outside import visible

if TYPE_CHECKING:
    from booklet.text.language import Language

SUITES = "booklet"


def render_junit(report: Report, language: Language, *, prefix: str = "") -> str:
    """Write the suites; every character of the authors' texts that XML forbids is shown in words."""
    suites = ElementTree.Element("testsuites", name=SUITES)
    for path, diagnostics in groupby(report.diagnostics, key=lambda diagnostic: diagnostic.span.path):
        cases = [_case(diagnostic, report, language, prefix) for diagnostic in diagnostics]
        suites.append(_suite(visible(with_prefix(path, prefix)), cases))
    if not report.diagnostics:
        case = ElementTree.Element("testcase", classname=SUITES, name="check")
        ElementTree.SubElement(case, "system-out").text = summarize(report, language)
        suites.append(_suite(SUITES, [case]))
    _count(suites, suites.findall("testsuite/testcase"))
    ElementTree.indent(suites)
    body = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(name: str, cases: list[ElementTree.Element]) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=name)
    _count(suite, cases)
    suite.extend(cases)
    return suite


def _count(element: ElementTree.Element, cases: list[ElementTree.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))


def _case(diagnostic: Diagnostic, report: Report, language: Language, prefix: str) -> ElementTree.Element:
    path = visible(with_prefix(diagnostic.span.path, prefix))
    start = diagnostic.span.start
    name = f"{diagnostic.code} {diagnostic.name} {start.line}:{start.column}"
    case = ElementTree.Element(
        "testcase", classname=path, name=visible(name), file=path, line=str(start.line)
    )
    message = visible(diagnostic.message.text(language))
    text = write_diagnostic(diagnostic, report, language)
    if diagnostic.waived is not None:
        ElementTree.SubElement(case, "skipped", message=visible(diagnostic.waived))
    elif diagnostic.severity is Severity.ERROR:
        failure = ElementTree.SubElement(case, "failure", type=visible(diagnostic.code), message=message)
        failure.text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text
    return case
