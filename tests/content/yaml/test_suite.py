"""The cases of yaml-test-suite (https://github.com/yaml/yaml-test-suite): each is read as libyaml does, or refused.

`YAML_TEST_SUITE` names a checkout of it, which is not part of this repository.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence
from booklet.content.yaml.parse import parse

FOLDER = os.environ.get("YAML_TEST_SUITE", "")
#: how the suite shows characters that an editor would lose
SHOWN = {"␣": " ", "»": "\t", "—": "", "←": "\r", "⇔": "\ufeff", "↵": "", "∎\n": ""}


def plain(node: Node) -> object:
    """A tree as text, lists and pairs, in order."""
    if isinstance(node, Mapping):
        return [(key.text, plain(value)) for key, value in node.entries]
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.text


def plain_of_libyaml(node: yaml.Node) -> object:
    """The same, as PyYAML composes it."""
    if isinstance(node, yaml.MappingNode):
        return [(key.value, plain_of_libyaml(value)) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [plain_of_libyaml(item) for item in node.value]
    return node.value


@pytest.mark.long
@pytest.mark.skipif(not FOLDER, reason="YAML_TEST_SUITE names no checkout of yaml-test-suite")
def test_every_case_is_read_or_refused() -> None:
    """What is read without a fault is what libyaml reads; what is no YAML has a fault; nothing is raised."""
    read, refused = 0, 0
    for path in sorted(Path(FOLDER, "src").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            text = case.get("yaml")
            if text is None:
                continue
            for shown, meant in SHOWN.items():
                text = text.replace(shown, meant)
            parsed = parse("proposals/a/b.yaml", text.encode("utf-8", "surrogatepass"))
            assert parsed.root is not None or parsed.diagnostics, path.name
            if parsed.diagnostics or parsed.root is None:
                refused += 1
                continue
            read += 1
            composed = yaml.compose(text, Loader=yaml.CSafeLoader)
            assert composed is not None
            assert plain(parsed.root) == plain_of_libyaml(composed), path.name
    print(f"{read} read, {refused} refused")
    assert read > 80
