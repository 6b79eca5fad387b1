"""How many exports run at once, in all and for one client."""

from collections import Counter

# An export keeps a thread busy for as long as its client reads fast; pages are served beside it.
MAX_AT_ONCE = 3
MAX_A_CLIENT = 2
RETRY_AFTER = 30  # seconds


class Slots:
    """The exports that run; for the thread of the event loop alone."""

    def __init__(self, most: int = MAX_AT_ONCE, each: int = MAX_A_CLIENT) -> None:
        self._most, self._each = most, each
        self._taken: Counter[str] = Counter()

    def refusal(self, client: str) -> tuple[int, str] | None:
        """Status and words for a client whose export must wait; None where it may begin."""
        if self._taken[client] >= self._each:
            return 429, f"每个来源同时最多导出 {self._each} 个文件，请等前面的完成，{RETRY_AFTER} 秒后再试"
        if self._taken.total() >= self._most:
            return 503, f"同时导出的文件太多（最多 {self._most} 个），请在 {RETRY_AFTER} 秒后再试"
        return None

    def take(self, client: str) -> None:
        """Begin an export of a client."""
        self._taken[client] += 1

    def release(self, client: str) -> None:
        """End one."""
        self._taken[client] -= 1
        if not self._taken[client]:
            del self._taken[client]
