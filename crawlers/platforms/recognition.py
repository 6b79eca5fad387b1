"""What tells one platform from another: marks in addresses and texts."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page to be recognised: its address ("" where unknown) and its text, decoded."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """How sure it is that a page is a platform's, from 0 to 1, and why (Chinese, for the operator)."""

    platform: str
    confidence: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a platform: a pattern of its addresses or of its text, and how much it proves (0 to 1)."""

    reason: str
    weight: float
    url: re.Pattern[str] | None = None
    text: re.Pattern[str] | None = None

    def stands_in(self, page: SeenPage) -> bool:
        """Whether the page bears the mark."""
        return bool(
            (self.url is not None and self.url.search(page.url))
            or (self.text is not None and self.text.search(page.text))
        )
