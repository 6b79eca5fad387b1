"""The language of queries, read into the tree of index/query.py.

    养老 补贴            both words            title:养老 文号:12号     in one field only
    "养老服务补贴"       letter for letter     地区:陕西 年份:2021..2023  filters
    养老 -通知           without a word        date:2023-01..2024-06   a range of days
    养老 OR 托育         either                (养老 OR 托育) 补贴      brackets

A document number is recognised in any spelling. Nothing raises: what cannot be understood is named
with its place, and the rest is searched.
"""

import re
from dataclasses import dataclass, field

from index.known_words import known_words
from index.plain_words import (
    after_place,
    asked_of,
    before_kind,
    hinted,
    latest,
    pieces,
    place_before,
    subject,
)
from index.query import All, Either, Hint, Node, Not, Number, Phrase, Span, TextField, Word
from index.synonyms import folded, other_words
from index.tokens import runs
from index.vocabulary import (
    NO_FIELDS,
    NO_NAMES,
    TEXT_WORDS,
    Names,
    ValueUnknown,
    field_names,
    named_fields,
    read_filter,
)
from normalizers.doc_numbers import KEY, doc_number_key

MAX_LENGTH = 300  # characters; the longest real title seen has 180
MAX_TERMS = 24
MAX_DEPTH = 5
MAX_NUMBER = 60  # characters of a document number with all its spaces
MAX_NUMBER_PARTS = 5
QUOTES = {'"': '"', "＂": "＂", "“": "”", "”": "”", "「": "」", "『": "』"}
OPEN, CLOSE = "(（", ")）"
MINUS = "-－"
OR = frozenset(("OR", "|", "｜", "||", "或", "或者"))
AND = frozenset(("AND", "&&", "且", "并且"))
NOT = frozenset(("NOT", "非"))
PART = re.compile(r"[^\s\"＂“”「『]+")
NAMED = re.compile(r"([A-Za-z_Ａ-Ｚａ-ｚ]{1,20}|[\u4e00-\u9fff]{1,8})[:：]")
# White space between two letters separates words; elsewhere a number may have it: 演政发 〔2023〕 12 号.
BETWEEN_LETTERS = re.compile(r"[^\W\d_]\s+[^\W\d_]")
WILD = re.compile(r"\*|(?<=\w)[?？](?=\w)")
# Two words with "or" between them and no space; 或有 and 或多 stand in words of their own.
JOINED = re.compile(r"([\u4e00-\u9fff]{2,6}?)(或者?)(?![有多])([\u4e00-\u9fff]{2,6})")
# As long as the name of a field is: what is longer is part of a sentence.
MAX_NO_FIELD = 4
# Nothing can be found by it: what a query of mistakes alone asks for.
NOTHING = Either(())


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was not understood in a query, where, and what may stand there (Chinese)."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Also:
    """A word of a query and what was searched for beside it."""

    word: str
    others: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query understood: its tree, what was left out and why, what was added, whether the newest is wished for."""

    tree: All
    mistakes: tuple[Mistake, ...] = ()
    also: tuple[Also, ...] = ()
    latest: bool = False
    text: str = ""  # the query itself, which the spans of the tree are places in


def parse_query(text: str, names: Names = NO_NAMES, *, synonyms: bool = True) -> Parsed:
    """Read a query; blank text asks for every document, one of mistakes alone for none.

    `names` knows the regions and sites of the installation; without `synonyms` nothing is added and every
    plain word is a word: 最新, 2023年 and 怎么办 mean no more than they are.
    """
    text = text.encode(
        "utf-8", "replace"
    ).decode()  # half a character, as in arguments that are no UTF-8, is a ?
    reader = _Reader(text[:MAX_LENGTH], names, synonyms)
    if len(text) > MAX_LENGTH:
        reader.blame(f"检索词太长：只用了前 {MAX_LENGTH} 个字符", MAX_LENGTH, len(text))
    tree = reader.read()
    if not tree.nodes and text.strip() and not (reader.latest and not reader.mistakes):
        if not reader.mistakes:
            reader.blame("没有可以检索的文字：请输入汉字、字母或数字", 0, len(text))
        tree = All((NOTHING,))
    return Parsed(tree, tuple(reader.mistakes), tuple(reader.also), reader.latest, reader.text)


def number_key(text: str) -> str | None:
    """The key of a text that is a document number and nothing else, in any spelling."""
    key = doc_number_key(text)
    return key if KEY.fullmatch(key) else None


@dataclass(slots=True)
class _Reader:
    """Reads one query from left to right."""

    text: str
    names: Names
    synonyms: bool
    at: int = 0
    term_count: int = 0
    excluding: bool = False
    latest: bool = False
    mistakes: list[Mistake] = field(default_factory=list)
    also: list[Also] = field(default_factory=list)

    def blame(self, message: str, start: int, end: int) -> None:
        self.mistakes.append(Mistake(message, Span(start, end)))

    def read(self) -> All:
        node = self.either(0, None)
        if node is None:
            return All()
        tree = node if isinstance(node, All) else All((node,))
        return _of_anything(tree) if self.latest else tree

    def either(self, depth: int, where: TextField | None) -> Node | None:
        """Alternatives up to the end or the bracket that closes this group."""
        start, found = self.at, [self.all(depth, where)]
        while (word := self.peek()) in OR:
            self.at += len(word)
            found.append(self.all(depth, where))
        nodes = tuple(node for node in found if node is not None)
        if len(nodes) < 2:
            return nodes[0] if nodes else None
        return Either(nodes, Span(start, self.at))

    def all(self, depth: int, where: TextField | None) -> Node | None:
        """Everything up to the next OR, closing bracket or the end."""
        start, nodes = self.at, []
        while True:
            word = self.peek()
            if not word or word in OR or (depth and self.text[self.at] in CLOSE):
                break
            if word in AND:
                self.at += len(word)
            elif (node := self.unary(depth, where)) is not None:
                nodes.append(node)
        if len(nodes) < 2:
            return nodes[0] if nodes else None
        return All(tuple(nodes), Span(start, self.at))

    def peek(self) -> str:
        """The part of the text that begins at the next character that is no white space; "" at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        m = PART.match(self.text, self.at)
        return m[0] if m else self.text[self.at : self.at + 1]

    def unary(self, depth: int, where: TextField | None) -> Node | None:
        start, word = self.at, self.peek()
        rest = self.text[start + 1 :]
        excluded = word in NOT or (
            word[0] in MINUS and (len(word) > 1 or rest[:1] in QUOTES or not rest.strip())
        )
        if not excluded:
            return self.primary(depth, where)
        self.at += len(word) if word in NOT else 1
        if not self.peek() or self.text[self.at] in CLOSE:
            self.blame("“不含”后面缺少内容", start, self.at)
            return None
        self.excluding, outer = True, self.excluding
        inner = self.primary(depth, where)
        self.excluding = outer
        return Not(inner, Span(start, self.at)) if inner is not None else None

    def primary(self, depth: int, where: TextField | None) -> Node | None:
        m = NAMED.match(self.text, self.at)
        if m and (name := field_names().get(folded(m[1]))):
            return self.named(name, m.end(), depth)
        if (number := self.number(where)) is not None:
            return self.within_limit(number)
        if self.text[self.at] in OPEN:
            return self.group(depth, where)
        if m and self.takes_for_field(m):
            self.blame(f"没有字段 {m[1]}，按普通词检索；可用 {named_fields()}", m.start(), m.end())
        if self.text[self.at] not in QUOTES:
            return self.understood(self.plain(depth, where))
        phrase = self.quoted(where)
        return self.within_limit(phrase) if phrase is not None and runs(phrase.text) else None

    def takes_for_field(self, m: re.Match[str]) -> bool:
        """Whether a name that is none was meant as one: titles have colons too (通知：补贴)."""
        if m[1] in NO_FIELDS:
            return True
        name = folded(m[1])
        short = name.isascii() or (len(name) <= MAX_NO_FIELD and name not in known_words())
        return short and m[0].endswith(":") and not self.text.startswith("//", m.end())

    def group(self, depth: int, where: TextField | None) -> Node | None:
        start = self.at
        self.at += 1
        if depth >= MAX_DEPTH:
            self.blame(f"括号最多 {MAX_DEPTH} 层，更里面的括号没有作用", start, start + 1)
            return None
        node = self.either(depth + 1, where)
        if self.at < len(self.text):
            self.at += 1
        else:
            self.blame("括号没有配对", start, start + 1)
        return node

    def named(self, name: str, begin: int, depth: int) -> Node | None:
        """A field with its value: words, a phrase or a group in a text field, values of a filter."""
        start, self.at = self.at, begin
        word = self.peek()
        if not word or word in OR or self.text[self.at] in CLOSE:
            self.blame(f"{self.text[start:begin]} 后面缺少内容", start, begin)
            return None
        if name in TEXT_WORDS:
            return self.unary(depth, name)
        value = self.value(depth)
        try:
            return self.within_limit(read_filter(name, value, self.names, Span(start, self.at)))
        except ValueUnknown as error:
            self.blame(str(error), start, self.at)
            return None

    def value(self, depth: int) -> str:
        """The text of a filter's value, quoted, in brackets or plain."""
        char = self.text[self.at]
        if char in QUOTES:
            term = self.quoted(None)
            return term.text if term else ""
        if char in OPEN:
            begin = self.at + 1
            ends = [end for mark in CLOSE if (end := self.text.find(mark, begin)) >= 0]
            self.at = min(ends) + 1 if ends else len(self.text)
            inner = self.text[begin : self.at - 1 if ends else self.at]
            return ",".join(part for part in inner.split() if part not in OR)
        return self.part(depth)

    def number(self, where: TextField | None) -> Number | None:
        """The longest document number that begins here, with any spaces inside it."""
        window = self.text[self.at : self.at + MAX_NUMBER]
        ends = [m.end() for m in PART.finditer(window)][:MAX_NUMBER_PARTS]
        for end in reversed(ends):
            typed = window[:end]
            while sum((c in OPEN) - (c in CLOSE) for c in typed) < 0:  # it closes a group around it
                typed = typed[: max(typed.rfind(mark) for mark in CLOSE)]
            if any(quote in typed for quote in QUOTES) or BETWEEN_LETTERS.search(typed):
                continue
            if key := number_key(typed):
                start, self.at = self.at, self.at + len(typed)
                return Number(key, typed, where, Span(start, self.at))
        return None

    def quoted(self, where: TextField | None) -> Phrase | None:
        start = self.at
        end = self.text.find(QUOTES[self.text[start]], start + 1)
        if end < 0:
            self.blame("引号没有配对，按普通词检索", start, start + 1)
            self.at += 1
            return None
        self.at = end + 1
        return Phrase(self.text[start + 1 : end], where, Span(start, self.at))

    def plain(self, depth: int, where: TextField | None) -> Word:
        start = self.at
        return Word(self.part(depth), where, Span(start, self.at))

    def part(self, depth: int) -> str:
        """The text up to white space, a quote, or the bracket that closes the group around it."""
        start, inner = self.at, 0
        m = PART.match(self.text, start)
        end = m.end() if m else start + 1
        for at in range(start, end):
            char = self.text[at]
            inner += (char in OPEN) - (char in CLOSE)
            if inner < 0 and depth:
                end = at
                break
            if inner < 0 and not self.mistakes:  # what was told of before may leave one over
                self.blame("括号没有配对", at, at + 1)
        self.at = max(end, start + 1)
        return self.text[start:end]

    def understood(self, word: Word) -> Node | None:
        """A plain word, for what it says besides: the newest, a place and something else, a question."""
        if (wild := WILD.search(word.text)) and "/" not in word.text:
            at = word.span.start + wild.start()
            self.blame("没有通配符：* 和 ? 不起作用，只检索文字", at, word.span.end)
        if not self.synonyms or word.field or self.excluding:
            return self.widened(word)
        wished, start, end = latest(word.text)
        self.latest |= wished
        word = _part(word, start, end)
        word = _part(word, 0, len(subject(word.text)) if self.latest else asked_of(word.text))
        found: list[Node | None] = []
        end, kind = before_kind(word.text) if self.latest else (len(word.text), len(word.text))
        word, kinds = _part(word, 0, end), _part(word, kind, len(word.text))
        if at := place_before(word.text, self.names):
            found.append(self.widened(_part(word, 0, at)))
            word = _part(word, at + after_place(word.text[at:]), len(word.text))
        found += [self.widened(_part(word, a, b)) for a, b in pieces(word.text)]
        found += [self.widened(kinds)] if kinds.text else []
        nodes = tuple(node for node in found if node is not None)
        return All(nodes, word.span) if len(nodes) > 1 else next(iter(nodes), None)

    def widened(self, term: Word) -> Node | None:
        """A word with the other words that mean the same, or with the value that it may mean."""
        if not runs(term.text) or self.within_limit(term) is None or not self.synonyms:
            return term if runs(term.text) and self.term_count <= MAX_TERMS else None
        if (m := JOINED.fullmatch(term.text)) and folded(term.text) not in known_words():
            at = term.span.start + m.start(2)
            spaced = re.sub("或者?", r" \g<0> ", term.text)
            self.blame(f"“{m[2]}”两边加空格才是任一，如“{spaced}”；现在按一个词检索", at, at + len(m[2]))
            return term
        hint = None if term.field or self.excluding else hinted(term.text, self.names)
        if hint:
            self.also.append(Also(term.text, hint[2:], term.span))
            return Hint(term.text, None, term.span, name=hint[0], values=hint[1])
        others = other_words(term.text, term.field)
        if not others:
            return term
        self.also.append(Also(term.text, others, term.span))
        # Other words are meant as they are written: to look for most of their pairs finds what nobody asked for.
        return Either((term, *(Phrase(other, term.field, term.span) for other in others)), term.span)

    def within_limit(self, node: Node) -> Node | None:
        """The node, counted, or nothing where the query has too many of them."""
        self.term_count += 1
        if self.term_count == MAX_TERMS + 1:
            self.blame(f"检索词太多：只用了前 {MAX_TERMS} 个", self.at, len(self.text))
        return node if self.term_count <= MAX_TERMS else None


def _part(word: Word, start: int, end: int) -> Word:
    """Some characters of a word, with their place."""
    return Word(word.text[start:end], word.field, Span(word.span.start + start, word.span.start + end))


def _of_anything(tree: All) -> All:
    """A tree without the words that mean anything at all, where the newest is wished for: 养老 政策.

    A kind of document at the end of a word becomes a word of its own.
    """
    kept: list[Node] = []
    for node in tree.nodes:
        if isinstance(node, Word) and not isinstance(node, Hint) and node.field is None:
            word = _part(node, 0, len(subject(node.text)))
            end, kind = before_kind(word.text)
            parts = (_part(word, 0, end), _part(word, kind, len(word.text)))
            kept += [part for part in parts if part.text]
        else:
            kept.append(node)
    return All(tuple(kept), tree.span)
