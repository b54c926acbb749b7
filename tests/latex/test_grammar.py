"""The grammar stands in one place, and says what the code does: rule for rule, in the order of the code, both ways."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import NamedTuple, get_args

import pytest

from mathpost.latex.reading import customs, grammar
from mathpost.latex.reading.grammar.parser import Parser
from mathpost.latex.reading.tokens import Kind, commands, tokenize

TEXT = inspect.getdoc(grammar) or ""
HEADING = re.compile(r"[a-z_]+(?:/[a-z_]+)*\.py")
RULE = re.compile(r"([a-z]+(?:-[a-z]+)*) += (.*)")
TERMINAL = re.compile(r"    ([a-z]+(?:-[a-z]+)*) +(\S+(?:  \S+)*?)(?: {2,}([A-Z_]+))?")
QUOTED = re.compile(r'"[^"\s]+(?: [^"\s]+)*"')


class Production(NamedTuple):
    module: str
    name: str
    rule: str


def productions_in(paragraph: str, module: str) -> Iterator[Production]:
    """A rule goes on until another begins."""
    name, rule = "", ""
    for line in [line.strip() for line in paragraph.splitlines()] + ["end = "]:
        match = RULE.fullmatch(line)
        if match is None:
            rule += f" {line}"
            continue
        if name:
            yield Production(module, name, rule)
        name, rule = match[1], match[2]


def written() -> list[Production]:
    """Those of the text, each under the file that it names."""
    found: list[Production] = []
    for paragraph in TEXT.split("\n\n"):
        heading, _, rules = paragraph.partition("\n")
        if HEADING.fullmatch(heading):
            found.extend(productions_in(rules, heading))
    return found


def implemented() -> list[Production]:
    """Those of the code: a rule is a method whose docstring begins with its production, the loosest class first."""
    found: list[Production] = []
    for level in Parser.__mro__:
        module = level.__module__.removeprefix(f"{grammar.__name__}.").replace(".", "/") + ".py"
        for method in vars(level).values():
            told = inspect.getdoc(method) if inspect.isfunction(method) else None
            paragraph = (told or "").split("\n\n")[0]
            if RULE.match(paragraph):
                found.extend(productions_in(paragraph, module))
    return found


def terminals() -> dict[str, tuple[list[str], str]]:
    """Each with its examples, and its table where it has one."""
    lines = TEXT[TEXT.index("\nTerminals") :].splitlines()
    matches = [match for line in lines if (match := TERMINAL.fullmatch(line))]
    return {match[1]: (match[2].split("  "), match[3] or "") for match in matches}


def words_of(rule: str) -> set[str]:
    return set(re.findall(r"[a-z]+(?:-[a-z]+)*", QUOTED.sub("", rule)))


def test_the_text_is_the_code_rule_for_rule() -> None:
    assert len(written()) > 60
    assert written() == implemented()


def test_whatever_reads_a_tree_by_itself_is_a_rule() -> None:
    known = {production.name for production in written()} | set(terminals())
    for level in Parser.__mro__:
        for name, method in vars(level).items():
            if inspect.isfunction(method) and list(method.__annotations__.items()) == [("return", "Node")]:
                assert name.replace("_", "-") in known, f"{level.__name__}.{name}"


def test_no_rule_is_told_twice() -> None:
    names = [production.name for production in written()]
    assert len(names) == len(set(names))


def test_every_word_of_a_rule_is_a_rule_or_a_terminal_and_each_is_used() -> None:
    rules = {production.name for production in written()}
    used = {word for production in written() for word in words_of(production.rule)}
    assert rules.isdisjoint(terminals())
    assert used | {"side"} == rules | set(terminals())


@pytest.mark.parametrize("name", [name for name, (_, table) in terminals().items() if not table])
def test_a_terminal_without_a_table_is_a_kind_of_token(name: str) -> None:
    assert name in get_args(Kind)
    for example in terminals()[name][0]:
        assert [token.kind for token in tokenize(example)] == [name, "eof"], example


@pytest.mark.parametrize("name", [name for name, (_, table) in terminals().items() if table])
def test_a_terminal_of_a_table_has_its_examples_there(name: str) -> None:
    examples, table = terminals()[name]
    assert set(examples) <= set(getattr(commands, table, None) or getattr(customs, table))
