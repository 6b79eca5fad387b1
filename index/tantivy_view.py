"""What a search on a tantivy index looks at: one generation at one commit."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import tantivy

from index.common_terms import CommonTerms
from index.suggest import Issuers
from index.tantivy_query import Lowering


@dataclass(frozen=True, slots=True)
class View:
    """One generation at one commit."""

    folder: Path
    number: int
    index: tantivy.Index
    searcher: tantivy.Searcher
    seq: int
    common: CommonTerms
    issuers: list[Issuers] = field(default_factory=list)  # one, made when first asked for
    names: dict[int, str] = field(default_factory=dict)  # of values that are counted by number

    @property
    def lowering(self) -> Lowering:
        """How queries become those of this generation."""
        return Lowering(self.common)

    def count(self, query: tantivy.Query) -> int:
        """How many match."""
        # The order by a number keeps tantivy from scoring what is only counted.
        return counted(self.searcher.search(query, 1, order_by_field="sort_first_seen"))


def counted(found: tantivy.SearchResult) -> int:
    """The total of a search."""
    return int(cast(Any, found).count)  # absent from the stub of 0.27
