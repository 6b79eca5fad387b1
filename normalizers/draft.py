"""A Policy in the making: each field is set once, with its evidence."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from normalizers.dates import PrintedDate
from normalizers.policy import Evidence, Precision

MAX_RAW = 300


@dataclass(slots=True)
class Draft:
    """Fields found so far; the first value put for a field stays."""

    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    precision: dict[str, Precision] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def put(self, name: str, value: object, rule: str, raw: str) -> bool:
        """Set a field that has no value yet; nothing and () are no values. True where it was set."""
        if value in (None, "", ()) or name in self.values:
            return False
        self.values[name] = value
        self.evidence[name] = Evidence(rule, raw[:MAX_RAW])
        return True

    def put_date(self, name: str, found: PrintedDate | None, rule: str, raw: str = "") -> bool:
        """Set a date with its precision."""
        if found is None or not self.put(name, found.day, rule, raw or found.raw):
            return False
        self.precision[name] = found.precision
        return True

    def note(self, name: str, rule: str, raw: str) -> None:
        """Keep what a page says beside its fields, such as the body of a forwarded document."""
        self.evidence.setdefault(name, Evidence(rule, raw[:MAX_RAW]))

    def warn(self, text: str) -> None:
        """Add a warning once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def day(self, name: str) -> date | None:
        """A date field set so far."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None
