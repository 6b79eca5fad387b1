"""What of the normalizers' rules can fire and what did: calls, patterns with their alternatives, tables.

What can fire is read from the code: every call that puts a field, notes or warns and every piece of
Evidence, by module and line; every compiled pattern and every literal one; every table of words. What
fired is counted by standing in for them in this process, so it must run before anything is read, and in a
process of its own.
"""

import ast
import importlib
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import normalizers
from benchmarks.alternatives import Twin
from normalizers import info_table
from normalizers.draft import Draft
from normalizers.policy import Evidence
from normalizers.words import Words

# Not rules of reading: names for people, addresses (benchmarks.addresses), corrections by people, elements of HTML.
NO_RULES = frozenset(
    {
        "address_dialects",
        "addresses",
        "chinese_names",
        "correction_fields",
        "corrections",
        "failures",
        "policy",
        "warning_words",
    }
)
NO_WORDS = frozenset(
    {"HEADINGS", "SKIPPED", "BLOCK", "LISTS", "PARTS", "HOLDERS", "DIGITS", "UNITS", "FIELDS", "NAMES"}
)
CALLS = frozenset({"put", "put_date", "note", "warn"})
SEARCHES = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")
LITERAL = "(literal)"


@dataclass(frozen=True, slots=True)
class Site:
    """A call in the code that gives a field, a note, a warning or evidence; `rule` is what it names."""

    module: str
    first: int
    last: int
    rule: str


@dataclass(slots=True)
class Pattern:
    """One pattern: where it is, its source, how often it hit and which alternatives took part."""

    module: str
    name: str
    source: str
    flags: int = 0
    line: int = 0
    hits: int = 0
    by_alternative: Counter[int] = field(default_factory=Counter)
    twin: Twin | None = None

    def count(self, text: str, operation: str) -> None:
        """Note a hit on this text, and by the twin which alternatives made it."""
        self.hits += 1
        self.twin = self.twin or Twin(self.source, self.flags)
        compiled = self.twin.compiled
        if len(self.by_alternative) == len(self.twin.texts):
            return
        whole = {"match": compiled.match, "fullmatch": compiled.fullmatch}.get(operation)
        found: Iterable[re.Match[str] | None] = [whole(text)] if whole else compiled.finditer(text)
        for m in found:
            self.by_alternative.update(self.twin.matched(m) if m else ())

    @property
    def never(self) -> list[str]:
        """The alternatives that took part in no match; none for a pattern that never hit."""
        twin = self.twin or Twin(self.source, self.flags)
        _ = twin.compiled
        return [text for i, text in enumerate(twin.texts) if not self.by_alternative[i]]


@dataclass(slots=True)
class Firing:
    """Everything that can fire, with counts."""

    sites: dict[Site, int] = field(default_factory=dict)
    patterns: dict[tuple[str, str, str], Pattern] = field(default_factory=dict)
    tables: dict[tuple[str, str], tuple[tuple[str, ...], Counter[str]]] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    by_place: Counter[tuple[str, int]] = field(default_factory=Counter)
    lines: dict[str, dict[str, int]] = field(default_factory=dict)

    def called(self, frame: FrameType | None) -> None:
        """Count the place of a call."""
        if frame is not None:
            module = Path(frame.f_code.co_filename).stem
            self.by_place[(module, frame.f_lineno)] += 1

    def close(self) -> None:
        """Give the counted places to the calls that span them."""
        for site in self.sites:
            lines = range(site.first, site.last + 1)
            self.sites[site] = sum(self.by_place[(site.module, line)] for line in lines)


class CountedPattern:
    """Stands in for a compiled pattern; everything that is no search is the pattern's own."""

    def __init__(self, original: re.Pattern[str], pattern: Pattern) -> None:
        self.original = original
        self.counted = pattern

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.original, name)
        return counting(found, name, self.counted) if name in SEARCHES else found


def counting(method: Any, operation: str, pattern: Pattern) -> Any:
    """A method of a pattern that counts its hits."""

    def counted(*arguments: Any, **named: Any) -> Any:
        text = arguments[1] if operation in ("sub", "subn") else arguments[0]
        given = method(*arguments, **named)
        if operation == "finditer":
            given = list(given)
        hit = (
            bool(given)
            if operation in ("search", "match", "fullmatch", "finditer", "findall")
            else given != text
        )
        if operation == "split":
            hit = len(given) > 1
        if hit and isinstance(text, str):
            pattern.count(text, operation)
        return iter(given) if operation == "finditer" else given

    return counted


class CountedModule:
    """Stands in for `re` in one module, so that literal patterns are counted too."""

    def __init__(self, module: str, firing: Firing) -> None:
        self.module = module
        self.firing = firing

    def __getattr__(self, name: str) -> Any:
        found = getattr(re, name)
        if name not in SEARCHES:
            return found

        def search(pattern: Any, *arguments: Any, **named: Any) -> Any:
            if not isinstance(pattern, str):
                return getattr(pattern, name)(*arguments, **named)
            flags = int(named.get("flags", 0))
            key = (self.module, LITERAL, pattern)
            entry = self.firing.patterns.setdefault(key, Pattern(self.module, LITERAL, pattern, flags))
            bound = getattr(re.compile(pattern, flags), name)
            return counting(bound, name, entry)(*arguments)

        return search


class CountedDict(dict[str, Any]):
    """A table that counts the names asked of it and found."""

    hits: Counter[str]

    def get(self, key: Any, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __getitem__(self, key: str) -> Any:
        found = super().__getitem__(key)
        self.hits[key] += 1
        return found

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        if found:
            self.hits[str(key)] += 1
        return found


class CountedSet(frozenset[str]):
    """A set of words that counts those asked of it and found."""

    hits: Counter[str]

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        if found:
            self.hits[str(key)] += 1
        return found

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        names = list(other)
        return not [name for name in names if name in self]


def install() -> Firing:
    """Read what can fire from the code of the normalizers and count from now on."""
    firing = Firing()
    modules = {name: module for name, module in load_modules() if name not in NO_RULES}
    for name, module in modules.items():
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        firing.lines[name] = assigned(tree)
        if name != "draft":  # it keeps what others say
            firing.sites |= dict.fromkeys(sites(name, tree), 0)
        for source, flags, line in literals(tree, vars(module)):
            key = (name, LITERAL, source)
            firing.patterns.setdefault(key, Pattern(name, LITERAL, source, flags, line))
    stand_ins: dict[int, Any] = {}
    for own in (True, False):  # who defines a value names it
        for name, module in modules.items():
            places = firing.lines[name]
            for variable, value in list(vars(module).items()):
                if not variable.startswith("__") and (variable in places) == own:
                    setattr(module, variable, stand_in(name, variable, value, stand_ins, firing))
    for name, module in modules.items():
        if "re" in vars(module):
            vars(module)["re"] = CountedModule(name, firing)
    count_calls(modules.values(), firing)
    count_words(firing)
    return firing


def load_modules() -> Iterator[tuple[str, ModuleType]]:
    """The modules that stand directly in the package, by name."""
    for found in pkgutil.iter_modules(normalizers.__path__):
        if not found.ispkg:
            yield found.name, importlib.import_module(f"normalizers.{found.name}")


def stand_in(module: str, name: str, value: Any, known: dict[int, Any], firing: Firing) -> Any:
    """What counts in the place of a value: a pattern, a table, or a tuple that holds patterns.

    A value that several modules import has one stand-in; the first module that has it names it.
    """
    if id(value) in known:
        return known[id(value)]
    made = value
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        line = firing.lines[module].get(name, 0)
        entry = Pattern(module, name, value.pattern, value.flags & ~int(re.UNICODE), line)
        made = CountedPattern(value, firing.patterns.setdefault((module, name, value.pattern), entry))
    elif isinstance(value, tuple) and any(isinstance(v, re.Pattern | tuple) for v in value):
        made = tuple(stand_in(module, name, v, known, firing) for v in value)
        made = value if all(a is b for a, b in zip(made, value, strict=True)) else made
    elif name.isupper() and name not in NO_WORDS and is_table(value):
        made = CountedDict(value) if isinstance(value, dict) else CountedSet(value)
        made.hits = Counter()
        firing.tables[(module, name)] = (tuple(value), made.hits)
    if made is not value:
        known[id(value)] = made
        firing_keeps.append(value)  # an id is only its own while the value lives
    return made


firing_keeps: list[Any] = []


def is_table(value: object) -> bool:
    """Whether a value is a table or set of words."""
    named = isinstance(value, dict | frozenset) and len(value) > 0 and all(isinstance(v, str) for v in value)
    return named and type(value) in (dict, frozenset)


def assigned(tree: ast.Module) -> dict[str, int]:
    """The names that a module gives values to, with the line."""
    found: dict[str, int] = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {target.id: node.lineno for target in targets if isinstance(target, ast.Name)}
    return found


def sites(module: str, tree: ast.AST) -> Iterator[Site]:
    """Every call of a module that puts a field, notes or warns, and every Evidence."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in CALLS and _draft(called.value):
            yield Site(module, node.lineno, node.end_lineno or node.lineno, spelled(called.attr, node.args))
        elif isinstance(called, ast.Name) and called.id == "Evidence" and node.args:
            yield Site(module, node.lineno, node.end_lineno or node.lineno, spelled("Evidence", node.args))


def _draft(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "draft"


def spelled(call: str, arguments: list[ast.expr]) -> str:
    """The field and the rule of a call as the code writes them."""
    if call == "warn":
        return f"warn {ast.unparse(arguments[0])}"
    place = {"put": (0, 2), "put_date": (0, 2), "note": (0, 1), "Evidence": (0,)}[call]
    return " ".join([call, *(ast.unparse(arguments[i]) for i in place if i < len(arguments))])


def literals(tree: ast.AST, names: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """The patterns that are written where they are used, as far as module constants make them: source, flags, line."""
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if not (isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and node.args):
            continue
        if not (isinstance(called.value, ast.Name) and called.value.id == "re" and called.attr in SEARCHES):
            continue
        flags = next((k.value for k in node.keywords if k.arg == "flags"), None)
        try:
            source = _value(node.args[0], names)
            if isinstance(source, str):
                yield source, int(_value(flags, names)) if flags is not None else 0, node.lineno
        except NameError:
            continue  # made of what a function knows: met when it fires


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    code = compile(ast.Expression(node), "literal", "eval")
    return eval(code, dict(names))


def count_calls(modules: Iterable[ModuleType], firing: Firing) -> None:
    """Count the places that set a field, note or warn, and that make Evidence."""
    put, note, warn = Draft.put, Draft.note, Draft.warn

    def counted_put(draft: Draft, name: str, value: object, rule: str, raw: str) -> bool:
        done = put(draft, name, value, rule, raw)
        if done:
            caller = sys._getframe(1)
            firing.called(caller.f_back if caller.f_code.co_name == "put_date" else caller)
        return done

    def counted_note(draft: Draft, name: str, rule: str, raw: str) -> None:
        if name not in draft.evidence:
            firing.called(sys._getframe(1))
        note(draft, name, rule, raw)

    def counted_warn(draft: Draft, text: str) -> None:
        firing.called(sys._getframe(1))
        warn(draft, text)

    def counted_evidence(*arguments: Any) -> Evidence:
        firing.called(sys._getframe(1))
        return Evidence(*arguments)

    for name, stand in (("put", counted_put), ("note", counted_note), ("warn", counted_warn)):
        setattr(Draft, name, stand)
    for module in modules:
        if vars(module).get("Evidence") is Evidence and not module.__name__.endswith(("draft", "policy")):
            vars(module)["Evidence"] = counted_evidence


def count_words(firing: Firing) -> None:
    """Count the words of word lists that are found, and the labels of info tables that are known."""
    words, known = Words.count, info_table._Reader.known
    labels = firing.tables[("labels", "LABELS")][1]

    def counted_words(table: Words, text: str) -> Counter[str]:
        found = words(table, text)
        firing.words.update(found)
        return found

    def counted_label(reader: Any, text: str, at: int) -> str | None:
        label = known(reader, text, at)
        if label is not None:
            labels[label] += 1
        return label

    setattr(Words, "count", counted_words)  # noqa: B010  a method of another class
    setattr(info_table._Reader, "known", counted_label)  # noqa: B010  as above
