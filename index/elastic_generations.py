"""Generations of an index on a cluster: `<name>-<n>`, one of them behind the alias `<name>`.

The alias shows policies alone; the position in the change log is a record of the same index.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from index.elastic_mapping import POLICY, SCHEMA_VERSION, STATE_ID, index_template
from index.elastic_query import term_filter
from index.engine import IndexUnusableError

# A generation that is lost with the machine before it is published is made anew anyway.
UNPUBLISHED = {"index.translog.durability": "async"}
PUBLISHED = {"index.translog.durability": "request"}


class Generations:
    """The indices of one name on one cluster."""

    def __init__(self, client: Elasticsearch, name: str) -> None:
        self.client = client
        self.name = name

    def current(self) -> int | None:
        """The number of the generation behind the alias, None where there is no alias."""
        try:
            found = self.client.indices.get_alias(name=self.name).body
        except NotFoundError:
            if self.client.indices.exists(index=self.name):
                raise IndexUnusableError(
                    f"{self.name}：是索引而不是别名，请改用别的 index_name，或移走这个索引"
                ) from None
            return None
        numbers = [self._number(index) for index in found]
        if len(numbers) != 1 or numbers[0] is None:
            raise IndexUnusableError(f"{self.name}：别名指向 {'、'.join(sorted(found))}，应只有一代索引")
        return numbers[0]

    def numbers(self) -> list[int]:
        """The numbers of all generations that we made."""
        found = self.client.indices.get_mapping(index=f"{self.name}-*").body
        ours = [index for index, one in found.items() if _meta(one).get("program") == "zhengce"]
        return sorted(number for index in ours if (number := self._number(index)) is not None)

    def index(self, number: int) -> str:
        """The name of a generation."""
        return f"{self.name}-{number}"

    def check(self, number: int) -> None:
        """Raise IndexUnusableError unless a generation has our fields."""
        mapping = self.client.indices.get_mapping(index=self.index(number)).body[self.index(number)]
        version = _meta(mapping).get("schema_version")
        if version != SCHEMA_VERSION:
            raise IndexUnusableError(
                f"{self.index(number)}：索引版本 {version} 与程序版本 {SCHEMA_VERSION} 不符，需要重建"
            )

    def shards(self, number: int) -> int:
        """How many shards a generation has."""
        settings = self.client.indices.get_settings(index=self.index(number)).body[self.index(number)]
        return int(settings["settings"]["index"]["number_of_shards"])

    def create(self, shards: int) -> int:
        """Make a new generation after all others and say its number."""
        self.client.indices.put_index_template(name=self.name, **index_template(self.name, shards))
        number = max([self.current_or_none() or 0, *self.numbers()]) + 1
        self.client.indices.create(index=self.index(number), settings=UNPUBLISHED)
        return number

    def publish(self, number: int) -> None:
        """Make what a generation holds last, then move the alias in one step."""
        index = self.index(number)
        self.client.indices.flush(index=index)
        self.client.indices.put_settings(index=index, settings=PUBLISHED)
        actions: list[dict[str, Any]] = [
            {"remove": {"index": f"{self.name}-*", "alias": self.name, "must_exist": False}},
            {
                "add": {
                    "index": index,
                    "alias": self.name,
                    "filter": term_filter(POLICY, "record"),
                }
            },
        ]
        self.client.indices.update_aliases(actions=actions)

    def current_or_none(self) -> int | None:
        """The current number, None where there is none that can be told."""
        try:
            return self.current()
        except IndexUnusableError:
            return None

    def clear_others(self, keep: int | None) -> None:
        """Remove every generation but one: what killed builds and replaced generations left behind."""
        for number in self.numbers():
            if number != keep:
                self.client.indices.delete(index=self.index(number), ignore_unavailable=True)

    def _number(self, index: str) -> int | None:
        number = index.removeprefix(f"{self.name}-")
        return int(number) if number.isdecimal() else None


def _meta(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = mapping["mappings"].get("_meta", {})
    return found


@dataclass(frozen=True, slots=True)
class State:
    """The record of the position, with its version in the index."""

    seq: int
    writer: str
    version: dict[str, int]


def read_state(client: Elasticsearch, index: str) -> State:
    """The position of a generation; raises IndexUnusableError where it has none."""
    try:
        found = client.get(index=index, id=STATE_ID, source_includes=["seq", "writer"]).body
    except NotFoundError:
        raise IndexUnusableError(f"{index}：索引中没有同步位置，需要重建") from None
    version = {"if_seq_no": int(found["_seq_no"]), "if_primary_term": int(found["_primary_term"])}
    return State(int(found["_source"]["seq"]), str(found["_source"].get("writer", "")), version)
