"""Generations of an index on a cluster: `<name>-<n>`, one of them behind the alias `<name>`.

The alias shows policies alone; the position in the change log is a record of the same index.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from index.elastic_client import INDEX_GONE, error_type
from index.elastic_mapping import META, POLICY, SCHEMA_VERSION, STATE_ID, index_template
from index.elastic_query import term_filter
from index.engine import IndexBusyError, IndexUnusableError, Rejected

# A generation that is lost with the machine before it is published is made anew anyway.
UNPUBLISHED = {"index.translog.durability": "async"}
PUBLISHED = {"index.translog.durability": "request"}
# A build of another machine that gave no sign for so long is taken for dead. It gives one each minute, and waits
# for a server that is away for three at most.
ABANDONED = timedelta(minutes=15)


class Generations:
    """The indices of one name on one cluster."""

    def __init__(self, client: Elasticsearch, name: str, owner: str = "") -> None:
        """`owner` tells the builds of one data folder, whose writers exclude each other, from all others."""
        self.client = client
        self.name = name
        self.owner = owner

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
        numbers = [self.number(index) for index in found]
        if len(numbers) != 1 or numbers[0] is None:
            raise IndexUnusableError(f"{self.name}：别名指向 {'、'.join(sorted(found))}，应只有一代索引")
        return numbers[0]

    def made(self) -> dict[int, Mapping[str, Any]]:
        """All generations that zhengce made, by number, and what they say of themselves."""
        found = self.client.indices.get_mapping(index=f"{self.name}-*").body
        metas = {self.number(index): _meta(one) for index, one in found.items()}
        return {n: meta for n, meta in metas.items() if n is not None and meta.get("program") == "zhengce"}

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
        number = max([self.current_or_none() or 0, *self.made()]) + 1
        mappings = {"_meta": self._sign_of_life()}
        self.client.indices.create(index=self.index(number), settings=UNPUBLISHED, mappings=mappings)
        return number

    def give_sign(self, number: int) -> None:
        """Tell others that this build is at work."""
        self.client.indices.put_mapping(index=self.index(number), meta=self._sign_of_life())

    def _sign_of_life(self) -> dict[str, str]:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return {**META, "owner": self.owner, "host": platform.node(), "alive": now}

    def publish(self, number: int, replaced: int | None) -> None:
        """Make what a generation holds last, then move the alias in one step from the one that it replaces.

        Raises IndexBusyError where another machine has moved the alias meanwhile.
        """
        index = self.index(number)
        self.client.indices.flush(index=index)
        self.client.indices.put_settings(index=index, settings=PUBLISHED)
        try:
            self._move_alias(index, replaced)
        except NotFoundError as error:
            now = self.current()
            if now is None:  # the replaced one was removed by hand, and the alias with it
                self._move_alias(index, None)
            elif now != number:  # else our own lost answer
                raise IndexBusyError(f"{self.index(now)}：另一台机器刚刚发布了它，请只留一处运行") from error
        self.client.indices.put_mapping(index=index, meta=META)

    def _move_alias(self, index: str, replaced: int | None) -> None:
        known = replaced is not None
        old = self.index(replaced) if replaced is not None else f"{self.name}-*"
        actions: list[dict[str, Any]] = [
            {"remove": {"index": old, "alias": self.name, "must_exist": known}},
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

    def clear_others(self, keep: int | None) -> str:
        """Remove every generation but one: what killed builds and replaced generations left behind.

        A build that another machine is at is left, and named; "" where there is none.
        """
        at_work = ""
        for number, meta in self.made().items():
            if number == keep:
                continue
            if self._is_at_work(meta):
                at_work = f"{self.index(number)}：{meta.get('host')} 正在建立它，{meta.get('alive')} 还有动静"
            else:
                self.client.indices.delete(index=self.index(number), ignore_unavailable=True)
        return at_work

    def _is_at_work(self, meta: Mapping[str, Any]) -> bool:
        """Whether somebody else is at this build: a killed one of our own folder has lost its lock to us."""
        if not meta.get("alive") or meta.get("owner") == self.owner:
            return False
        try:
            return datetime.now(UTC) - datetime.fromisoformat(meta["alive"]) < ABANDONED
        except (TypeError, ValueError):
            return False

    def number(self, index: str) -> int | None:
        """The number of a generation by the name of its index, None where it is none."""
        number = index.removeprefix(f"{self.name}-")
        return int(number) if number.isdecimal() else None


def _meta(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = mapping["mappings"].get("_meta", {})
    return found


@dataclass(frozen=True, slots=True)
class State:
    """The record of the position, with its version in the index; `rejected` are documents it lacks."""

    index: str
    seq: int
    writer: str
    version: dict[str, int]
    rejected: tuple[Rejected, ...]


def read_state(client: Elasticsearch, index: str) -> State:
    """The position of a generation or of the one behind an alias.

    Raises IndexUnusableError where it has none, NotFoundError where the generation is gone.
    """
    try:
        found = client.get(index=index, id=STATE_ID, source_includes=["seq", "writer", "rejected"]).body
    except NotFoundError as error:
        if error_type(error.body) == INDEX_GONE:
            raise
        raise IndexUnusableError(f"{index}：索引中没有同步位置，需要重建") from None
    source = found["_source"]
    rejected = tuple(Rejected(one["id"], one["reason"]) for one in source.get("rejected", ()))
    version = {"if_seq_no": int(found["_seq_no"]), "if_primary_term": int(found["_primary_term"])}
    return State(str(found["_index"]), int(source["seq"]), str(source.get("writer", "")), version, rejected)
