"""Corrections by people: a Policy with some fields set right, and with all that follows from them.

What the rules said is kept as a warning, so that a correction hides nothing; one that says what the
rules find by themselves changes nothing and is reported as no longer needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from normalizers.correction_fields import (
    DATES,
    LISTS,
    Value,
    day_and_precision,
    shown_value,
    value_of,
)
from normalizers.doc_numbers import doc_number_key
from normalizers.draft import MAX_RAW, Draft
from normalizers.issuers import full_name
from normalizers.places import decide_place
from normalizers.policy import Evidence, Policy, SiteContext
from normalizers.validity import validity_of_days

SOURCE = "correction"
NOT_NEEDED, CORRECTED, REVIEW = "correction_not_needed", "corrected", "correction_to_review"
# Other fields follow from these, so they are set first.
ROOTS = ("issuers", "doc_number", "effective_date", "expiry_date", "subject")
MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Correction:
    """One field of one page set right by a person; `page` is an id or an address in any spelling.

    `value` has the form of `correction_fields.normalize_value`, None says that there is none. `was` is
    what the rules said when the correction was made ("" nothing, None not noted): where they say
    something else since, the page has changed and a person should look again.
    """

    page: str
    field: str
    value: Value
    reason: str
    by: str = ""
    day: date | None = None
    was: str | None = None


def apply_corrections(policy: Policy, corrections: Sequence[Correction], context: SiteContext) -> Policy:
    """The Policy with the corrections of its page, at most one a field.

    From a corrected number follows its key, from issuers their full names, level and region, from a term
    the validity that was computed from it, from a subject that the rules' detail of another one is void.
    """
    edit = _Edit(policy)
    given = {c.field: c for c in corrections}
    for name in ROOTS:
        if name in given:
            edit.correct(given[name])
    edit.follow(context)
    for name, correction in given.items():
        if name not in ROOTS:
            edit.correct(correction)
    if edit.changed("validity") and "validity_reason" not in given:
        set_right = given["validity"]
        reason = set_right.reason if set_right.value is not None else None
        edit.set("validity_reason", reason, evidence_of(set_right))
    return edit.policy


def evidence_of(correction: Correction) -> Evidence:
    """The evidence of a corrected field: who said it (the file where nobody signed), and why."""
    return Evidence(f"{SOURCE}:{correction.by or 'file'}", correction.reason[:MAX_RAW])


def is_corrected(policy: Policy, field: str) -> bool:
    """Whether a person has set this field of a policy right."""
    evidence = policy.evidence.get(field)
    return evidence is not None and evidence.rule.startswith(f"{SOURCE}:")


@dataclass(slots=True)
class _Edit:
    """A Policy while it is corrected, and the fields that were."""

    policy: Policy
    done: set[str] = field(default_factory=set)

    def changed(self, *names: str) -> bool:
        return not self.done.isdisjoint(names)

    def correct(self, correction: Correction) -> None:
        """Set one field, unless the rules say the same; warn of what they said."""
        name, found = correction.field, value_of(self.policy, correction.field)
        said = shown_value(found)[:MAX_SHOWN]
        if found == correction.value:
            return self.warn(f"{NOT_NEEDED}: {name}")
        self.set(name, correction.value, evidence_of(correction))
        self.done.add(name)
        self.warn(f"{CORRECTED}: {name}, was {said or 'unknown'}")
        if correction.was is not None and said != correction.was[:MAX_SHOWN]:
            self.warn(
                f"{REVIEW}: {name}, was {correction.was[:MAX_SHOWN] or 'unknown'}, now {said or 'unknown'}"
            )
        return None

    def set(self, name: str, value: Value, evidence: Evidence | None) -> None:
        """Set a field with its evidence; None takes the evidence away."""
        policy = self.policy
        precision = {key: exact for key, exact in policy.date_precision.items() if key != name}
        kept: Any = value
        if name in DATES and isinstance(value, str):
            kept, precision[name] = day_and_precision(value)
        elif name in LISTS:
            kept = value or ()
        proofs = {key: proof for key, proof in policy.evidence.items() if key != name}
        if evidence:
            proofs[name] = evidence
        self.policy = replace(policy, **{name: kept}, date_precision=precision, evidence=proofs)

    def warn(self, text: str) -> None:
        self.policy = replace(self.policy, warnings=(*self.policy.warnings, text))

    def follow(self, context: SiteContext) -> None:
        """What follows from the roots that were corrected."""
        if self.changed("doc_number"):
            number = self.policy.doc_number
            key = doc_number_key(number) if number else None
            self.set("doc_number_key", key, self.policy.evidence["doc_number"])
        level = self.policy.evidence.get("level")
        by_prefix = level is not None and level.rule.startswith("prefix:")
        if self.changed("issuers") or (self.changed("doc_number") and by_prefix):
            self.place(context, publisher=not self.changed("issuers"))
        if self.changed("effective_date", "expiry_date"):
            self.force(context)
        if self.changed("subject") and (detail := self.policy.subject_detail):
            self.set("subject_detail", None, None)
            self.warn(f"{CORRECTED}: subject_detail, was {detail[:MAX_SHOWN]}")

    def place(self, context: SiteContext, *, publisher: bool) -> None:
        """Full names, level and region by the rules, from the issuers and number as corrected."""
        issuers = tuple(full_name(name, context.issuers) for name in self.policy.issuers)
        known = {"issuers": issuers, "doc_number": self.policy.doc_number}
        draft = Draft(values={name: value for name, value in known.items() if value})
        decide_place(draft, context, publisher)
        for name in ("authorities", "level", "region"):
            self.set(name, draft.values.get(name), draft.evidence.get(name))
        kept = tuple(w for w in self.policy.warnings if not w.startswith("issuer_unknown:"))
        self.policy = replace(self.policy, warnings=(*kept, *draft.warnings))

    def force(self, context: SiteContext) -> None:
        """The validity, where it was computed from the days in force or is open, computed anew."""
        old = self.policy.evidence.get("validity")
        if old is not None and not old.rule.startswith("computed:"):
            return
        days = self.policy.effective_date, self.policy.expiry_date
        state, reason = validity_of_days(*days, context.today) or (None, None)
        evidence = Evidence("computed:days", reason) if reason else None
        self.set("validity", state, evidence)
        self.set("validity_reason", reason, evidence)
