"""The alternatives of a regular expression, and a twin of it that says which of them matched."""

import re
from dataclasses import dataclass, field
from functools import cached_property

NUMBERED = re.compile(r"\\[1-9]|\(\?\(\d")
MARK = "alternative_"


@dataclass(slots=True)
class _Group:
    """A group that is being read: where its alternatives begin and end, and whether they are counted."""

    counted: bool
    starts: list[int]
    ends: list[int] = field(default_factory=list)


class Twin:
    """A pattern whose alternatives are named groups; it matches what the pattern matches.

    `texts` are the alternatives as written, in order. Those of negative lookarounds and of conditions
    cannot take part in a match and are left out; a pattern with numbered references has none.
    """

    def __init__(self, pattern: str, flags: int) -> None:
        self.flags = flags
        self.spans = [] if NUMBERED.search(pattern) else spans(pattern, bool(flags & re.VERBOSE))
        self.texts = tuple(pattern[start:end] for start, end in self.spans)
        self.pattern = pattern

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The twin; a pattern that cannot be marked is its own twin without alternatives."""
        marks = [(start, 0, f"(?P<{MARK}{i}>") for i, (start, _) in enumerate(self.spans)]
        marks += [(end, 1, ")") for _, end in self.spans]
        # At one place an alternative closes before another opens.
        text, last = "", 0
        for at, _, mark in sorted(marks, key=lambda m: (m[0], -m[1])):
            text += self.pattern[last:at] + mark
            last = at
        try:
            return re.compile(text + self.pattern[last:], self.flags)
        except re.error:
            self.spans, self.texts = [], ()
            return re.compile(self.pattern, self.flags)

    def matched(self, m: re.Match[str]) -> list[int]:
        """The numbers of the alternatives that took part in a match of the twin."""
        return [i for i in range(len(self.texts)) if m.start(f"{MARK}{i}") >= 0]


def spans(pattern: str, verbose: bool) -> list[tuple[int, int]]:
    """Where each alternative of each group begins and ends, without empty ones."""
    found: list[tuple[int, int]] = []
    stack = [_Group(True, [0])]
    i = 0
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            i += 1
        elif char == "[":
            i = end_of_class(pattern, i)
        elif char == "#" and verbose:
            i = pattern.find("\n", i) if "\n" in pattern[i:] else len(pattern)
        elif char == "(":
            start, counted = content_of(pattern, i)
            stack.append(_Group(counted and stack[-1].counted, [start]))
            i = start - 1
        elif char == "|":
            stack[-1].ends.append(i)
            stack[-1].starts.append(i + 1)
        elif char == ")":
            found += closed(stack.pop(), i)
        i += 1
    return sorted(found + closed(stack[0], len(pattern)))


def closed(group: _Group, end: int) -> list[tuple[int, int]]:
    """The alternatives of a group that ends; one alone is none."""
    ends = [*group.ends, end]
    if not group.counted or len(ends) < 2:
        return []
    return [(start, end) for start, end in zip(group.starts, ends, strict=True) if end > start]


def content_of(pattern: str, at: int) -> tuple[int, bool]:
    """Where the content of the group that opens at `at` begins, and whether its alternatives can be marked."""
    m = re.compile(
        r"\((?:\?(?:P<\w+>|P=\w+|:|=|<=|(?P<no>!|<!)|(?P<condition>\(\w+\))|[aiLmsux-]+:?|#[^)]*))?"
    ).match(pattern, at)
    if m is None:
        raise ValueError(f"no group at {at}: {pattern}")
    return m.end(), not (m["no"] or m["condition"])


def end_of_class(pattern: str, at: int) -> int:
    """The place of the bracket that closes the class which opens at `at`."""
    i = at + 1
    if pattern[i : i + 1] == "^":
        i += 1
    i += 1  # a bracket that stands first is a character
    while pattern[i] != "]":
        i += 2 if pattern[i] == "\\" else 1
    return i
