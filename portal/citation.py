"""How a policy is cited: the line that offices use, and that of GB/T 7714-2015 for electronic resources."""

from datetime import date

from normalizers.dates import iso_text
from normalizers.policy import Policy, Precision
from portal.labels import day_text

# More responsible bodies than these are followed by 等 (GB/T 7714-2015, 8.1.2).
MOST_NAMED = 3
UNTITLED = "（无标题）"
# Within 《》 inner marks are 〈〉 (GB/T 15834-2011, 4.15.3.4).
INNER = str.maketrans("《》", "〈〉")


def citation(policy: Policy) -> str:
    """《题名》（文号），发文机关，日期，地址。 What is unknown is left out; the day is that of signing, else of posting."""
    title = f"《{(policy.title or UNTITLED).translate(INNER)}》"
    number = f"（{policy.doc_number}）" if policy.doc_number else ""
    day, precision = _day(policy, "written_date", "published_date")
    parts = (title + number, "、".join(policy.issuers), day_text(day, precision), policy.url)
    return "，".join(filter(None, parts)) + "。"


def gbt_citation(policy: Policy, seen: date) -> str:
    """发文机关. 题名: 文号[EB/OL]. (发布日期)[引用日期]. 地址.

    `seen` is the day on which the source was last seen with this text, which stands for the day of citing.
    """
    named = policy.issuers[:MOST_NAMED]
    bodies = ", ".join(named) + (", 等" if len(policy.issuers) > MOST_NAMED else "")
    number = f": {policy.doc_number}" if policy.doc_number else ""
    day, precision = _day(policy, "published_date", "written_date")
    posted = f"({iso_text(day, precision)})" if day else ""
    head = f"{bodies}. " if bodies else ""
    return f"{head}{policy.title or UNTITLED}{number}[EB/OL]. {posted}[{seen.isoformat()}]. {policy.url}."


def _day(policy: Policy, *names: str) -> tuple[date | None, Precision]:
    for name in names:
        day: date | None = getattr(policy, name)
        if day:
            return day, policy.date_precision.get(name, "day")
    return None, "day"
