"""The calendar: which pages appear, change and vanish on which day."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from demo.country import SITE, SITES, Authority, Site, Topic, all_authorities, all_topics
from demo.pages import Attachment, Page, Relation
from demo.places import is_above
from demo.titles import (
    NOTICE_FORMS,
    POLICY_FORMS,
    Heading,
    make_addressee,
    make_number,
    make_title,
    quote_inside,
)

DAY_ZERO = date(2026, 3, 2)
HISTORY_DAYS = 1094
LADDER = (1, 3, 7, 14, 30, 60, 120, 240, 480, 960)
FIRST_NEWS = 1
QUIET = 2
NEW_PAGES, SILENT_EDITS, WITHDRAWALS = 20, 5, 2
# What a new page is: shares set so that a world of 2,000 has about 700 relations.
ACTIONS = {"base": 56, "implement": 14, "interpret": 11, "repost": 8, "forward": 5, "amend": 4, "repeal": 2}
# Days between signing and going online, weighted: the median is 7, a few lie over a year (real tables, 2026).
LAGS = ((0, 0, 12), (1, 3, 20), (4, 14, 45), (15, 60, 19), (61, 300, 3), (366, 500, 1))
IN_FORCE_FORMS = ("print", "order", "amend", "repeal", "announce", "work", "opinion")
ATTACHMENT_KINDS = {"pdf": 40, "docx": 25, "xlsx": 15, "ofd": 12, "doc": 8}
# So often a citable page is drawn by lot before all are looked through: nearly always enough, and 5 times faster.
DRAWS = 12
# Every column holds at least so many rows, where the world has twice as many documents as that takes.
LEAST_ROWS = 3
PAPERS = ("申报表", "任务分解表", "汇总表", "工作指南", "名单", "承诺书")


def day_of(day: date) -> int:
    """The world's number of a date: 0 is the first demo night."""
    return (day - DAY_ZERO).days


def date_of(day: int) -> date:
    """The date of a day of the world."""
    return DAY_ZERO + timedelta(days=day)


def pick(rng: Random, weights: dict[str, int]) -> str:
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


@dataclass(slots=True)
class _Draft:
    """What is decided about a page before its dates, number and address are."""

    site: Site
    content_type: str
    form: str
    topic: int
    issuers: tuple[Authority, ...]
    heading: Heading
    aspect: str = ""
    relations: tuple[Relation, ...] = ()
    origin: Page | None = None


@dataclass(slots=True)
class Calendar:
    """Makes the pages of a world in the order in which they come to light."""

    documents: int
    seed: int
    ladder: tuple[int, ...] = LADDER
    sites: tuple[Site, ...] = SITES
    pages: list[Page] = field(default_factory=list)
    serials: dict[str, int] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    policies: list[Page] = field(default_factory=list)
    by_body: dict[tuple[str, ...], list[Page]] = field(default_factory=lambda: defaultdict(list))
    by_site: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    taken: set[tuple[str, str]] = field(default_factory=set)
    below: dict[str, tuple[Site, ...]] = field(default_factory=dict)
    weights: list[float] = field(init=False)
    ended: set[int] = field(default_factory=set)
    targets: set[int] = field(default_factory=set)
    pinned: dict[tuple[str, int], int] = field(default_factory=dict)
    last_day: int = 0
    today: date = DAY_ZERO

    def __post_init__(self) -> None:
        self.weights = list(accumulate(site.weight for site in self.sites))

    def build_history(self) -> None:
        """All pages up to day 0, of which exactly `documents` are still online then."""
        rng = Random(f"{self.seed}/history")
        ghosts = self.documents // 60
        dates = self._history_dates(rng, self.documents + ghosts)
        wants = self._wants(rng)
        for number, published in enumerate(dates):
            left = len(dates) - number
            due = wants and number > len(dates) // 4 and rng.random() * left < 2 * len(wants)
            if not due or not self._add_wanted(rng, wants, published):
                self._add(rng, published, day_of(published))
        for page in [*self._gone_but_listed(), *rng.sample(self._dispensable(), ghosts)][:ghosts]:
            page.withdrawn = rng.randint(page.appears + 5, 0)
        for page in self.pages:
            if rng.random() < 0.06 and page.appears < -3:
                page.edits = sorted(rng.sample(range(page.appears + 1, 1), rng.choice((1, 1, 1, 2))))
        self._pin()

    def extend(self, day: int) -> None:
        """The pages and events of every day up to `day`, in order."""
        while self.last_day < day:
            self.last_day += 1
            self._one_day(self.last_day)

    def _gone_but_listed(self) -> list[Page]:
        """An old page of each site that goes on listing what is gone."""
        found = []
        for site in self.sites:
            old = [p for p in self.by_site[site.id] if p.appears < -40 and p.id not in self.targets]
            found += old[:1] if site.soft404 else []
        return found

    def _dispensable(self) -> list[Page]:
        """Old pages whose end leaves no reference open and no column empty."""
        filed = Counter((page.site, page.channel) for page in self.pages)
        old = [p for p in self.pages if p.appears < -40 and p.id not in self.targets and not _limited(p)]
        return [page for page in old if filed[page.site, page.channel] > 2]

    def _wants(self, rng: Random) -> list[tuple[Site, str]]:
        """The columns that must get a row, each as often as the world's size allows."""
        columns = [(site, channel.type) for site in self.sites for channel in site.channels]
        wants = columns * min(LEAST_ROWS, self.documents // (2 * len(columns)))
        rng.shuffle(wants)
        return wants

    def _add_wanted(self, rng: Random, wants: list[tuple[Site, str]], published: date) -> bool:
        """Give a column its row; an explanation has to wait until its site has issued something."""
        self.today = published
        site, kind = wants.pop()
        draft = None
        if kind == "interpretation":
            draft = _interpret(self, rng, published, site)
        for _ in range(20):
            if kind == "interpretation" or draft is not None:
                break
            draft = _base(self, rng, published, site=site, content_type=kind)
        if draft is None:
            wants.insert(0, (site, kind))
            return False
        self._store(rng, draft, published, day_of(published))
        return True

    def sites_below(self, region: str) -> tuple[Site, ...]:
        """The sites of the regions inside a region."""
        if region not in self.below:
            self.below[region] = tuple(site for site in self.sites if is_above(region, site.region))
        return self.below[region]

    def _history_dates(self, rng: Random, count: int) -> list[date]:
        days = [date_of(-back) for back in range(HISTORY_DAYS + 1)]
        workdays = [day for day in days if day.weekday() < 5]
        first_news = date_of(FIRST_NEWS)
        due = [first_news - timedelta(days=age) for age in self.ladder]
        dates = [
            day
            for day in due
            if day.weekday() < 5 and day <= DAY_ZERO
            for _ in range(2 if count < 500 else 4)
        ]
        return sorted(dates + rng.choices(workdays, k=max(0, count - len(dates))))

    def _pin(self) -> None:
        due = {date_of(FIRST_NEWS) - timedelta(days=age) for age in self.ladder}
        for site in self.sites:
            for number, channel in enumerate(site.channels):
                rows = [p for p in self.by_site[site.id] if p.channel == number and p.is_live(0)]
                rows = [page for page in rows if page.published not in due]
                if channel.pinned and len(rows) > 3:
                    self.pinned[site.id, number] = rows[len(rows) // 8].id

    def _one_day(self, day: int) -> None:
        rng = Random(f"{self.seed}/day/{day}")
        if day == QUIET or (day > QUIET and date_of(day).weekday() >= 5):
            return
        if day == FIRST_NEWS:
            new, edits, gone = NEW_PAGES, SILENT_EDITS, WITHDRAWALS
            ages = set(self.ladder)
            pool = [p for p in self._changeable(day) if (date_of(day) - p.published).days in ages]
        else:
            new, edits, gone = (
                rng.randint(2, 4 + self.documents // 400),
                rng.randint(0, 3),
                int(rng.random() < 0.3),
            )
            pool = self._changeable(day)
        chosen = rng.sample(pool, edits + gone)
        for page in chosen[:edits]:
            page.edits.append(day)
        for page in chosen[edits:]:
            page.withdrawn = day
            self.ended.add(page.id)
        late = 2 if day == FIRST_NEWS else int(rng.random() < 0.4)
        for _ in range(new - late):
            self._add(rng, date_of(day), day)
        for _ in range(late):
            self._add_late(rng, day)

    def _changeable(self, day: int) -> list[Page]:
        pinned = set(self.pinned.values())
        return [
            page
            for page in self.pages
            if page.is_live(day - 1) and page.id not in pinned and not _limited(page)
        ]

    def _add(self, rng: Random, published: date, appears: int) -> None:
        draft = None
        self.today = published
        for _ in range(4):
            action = pick(rng, ACTIONS)
            draft = _ACTIONS[action](self, rng, published)
            if draft is not None:
                break
        while draft is None:
            draft = _base(self, rng, published, unique=False)
        self._store(rng, draft, published, appears)

    def _add_late(self, rng: Random, day: int) -> None:
        """A page dated two to five days back, in a channel where a newer row stands above it."""
        published = rng.choice([when for back in range(2, 6) if (when := date_of(day - back)).weekday() < 5])
        newer = {
            (page.site, page.content_type)
            for page in self.pages[-400:]
            if page.published > published and page.is_live(day)
        }
        self.today = published
        draft = None
        while draft is None or (draft.site.id, draft.content_type) not in newer:
            draft = _base(self, rng, published, unique=False)
        self._store(rng, draft, published, day)

    def _store(self, rng: Random, draft: _Draft, published: date, appears: int) -> None:
        site = draft.site
        channel = next(i for i, channel in enumerate(site.channels) if channel.type == draft.content_type)
        page = _repost_page(draft, published) if draft.origin else self._fresh_page(rng, draft, published)
        page.id, page.channel, page.appears = len(self.pages), channel, appears
        page.index_number = (
            self._index_number(site, published) if draft.content_type != "interpretation" else ""
        )
        self.pages.append(page)
        self.by_site[page.site].append(page)
        self.titles.add(page.title)
        self.taken.add((page.site, page.title))
        self.targets.update(relation.target for relation in page.relations)
        self.ended.update(relation.target for relation in page.relations if relation.type == "repeals")
        if (
            page.content_type == "policy"
            and not draft.origin
            and page.form not in ("amend", "repeal", "forward", "reply")
        ):
            self.policies.append(page)
            self.by_body[page.issuers].append(page)

    def _fresh_page(self, rng: Random, draft: _Draft, published: date) -> Page:
        written = self._written(rng, draft, published)
        number = ""
        if draft.content_type != "interpretation":
            number = make_number(rng, draft.form, draft.issuers[0], written.year, self.serials)
        rule, effective = _in_force(rng, draft.form, written)
        return Page(
            id=0, site=draft.site.id, channel=0, content_type=draft.content_type, form=draft.form, topic=draft.topic,
            title=draft.heading.title, cited=draft.heading.cited, number=number,
            issuers=tuple(authority.id for authority in draft.issuers), region=draft.issuers[0].region,
            written=written, published=published, appears=0, effective=effective, effective_rule=rule,
            aspect=draft.aspect, relations=draft.relations,
            attachments=_attachments(rng, draft), addressee=make_addressee(draft.form, draft.issuers[0], draft.heading.title),
        )  # fmt: skip

    def _written(self, rng: Random, draft: _Draft, published: date) -> date:
        low, high, _ = rng.choices(LAGS, [share for *_, share in LAGS])[0]
        written = published - timedelta(days=rng.randint(low, high))
        earliest = max((self.pages[relation.target].written for relation in draft.relations), default=written)
        written = max(written, earliest)
        if draft.form != "interpret":
            while written.weekday() >= 5 and written < published:
                written += timedelta(days=1)
        return written

    def _index_number(self, site: Site, published: date) -> str:
        key = f"index/{site.id}/{published.year}"
        self.serials[key] = self.serials.get(key, 0) + 1
        head = (
            f"0000{site.code[-2:]}{site.code[:3]}"
            if site.level == "national"
            else f"11{site.region}MB{site.code[-4:]}00DX"
        )
        return f"{head}/{published.year}-{self.serials[key]:05d}"

    def citable(self, rng: Random, fits: Callable[[Page], bool], window: int) -> Page | None:
        """One of the last `window` policies that fits and is still in force, None where none does."""
        first = max(0, len(self.policies) - window)

        def suits(page: Page) -> bool:
            known = page.published <= self.today and page.withdrawn is None
            return known and page.id not in self.ended and fits(page)

        for _ in range(min(DRAWS, len(self.policies))):
            page = self.policies[rng.randrange(first, len(self.policies))]
            if suits(page):
                return page
        pool = [page for page in self.policies[first:] if suits(page)]
        return rng.choice(pool) if pool else None


def _limited(page: Page) -> bool:
    """Whether a crawler might not reach the page, or not see that it is gone."""
    site = SITE[page.site]
    return site.soft404 or site.channels[page.channel].limited


def _in_force(rng: Random, form: str, written: date) -> tuple[str, date | None]:
    if form not in IN_FORCE_FORMS:
        return "", None
    share = 0.85 if form == "order" else 0.4
    if rng.random() < share:
        day = written + timedelta(days=rng.randint(0, 60))
        return "date", day.replace(day=1) if day.day < 15 and day.replace(day=1) >= written else day
    return ("issue", written) if rng.random() < 0.15 else ("", None)


def _attachments(rng: Random, draft: _Draft) -> tuple[Attachment, ...]:
    if draft.form in ("interpret", "repeal", "forward") or rng.random() > 0.26:
        return ()
    count = 1 if rng.random() < 0.65 else 2
    topic = all_topics()[draft.topic]
    found = []
    for number, paper in enumerate(rng.sample(PAPERS, count)):
        head = "附件：" if count == 1 and rng.random() < 0.5 else f"附件{number + 1}．" if count > 1 else ""
        kind = pick(rng, ATTACHMENT_KINDS)
        found.append(Attachment(f"{head}{rng.choice(topic.terms)}{paper}.{kind}", kind))
    return tuple(found)


def _repost_page(draft: _Draft, published: date) -> Page:
    assert draft.origin is not None
    return replace(
        draft.origin, site=draft.site.id, content_type=draft.content_type, published=published,
        relations=draft.relations, attachments=(), edits=[], withdrawn=None, source=SITE[draft.origin.site].owner,
    )  # fmt: skip


def _issuers(rng: Random, site: Site, topic: Topic) -> tuple[Authority, ...]:
    table = all_authorities()
    if len(site.bodies) == 1:
        return (table[site.bodies[0]],)
    choice = rng.random()
    if choice < 0.25:
        return (table[f"{site.region}-gov"],)
    if choice < 0.55:
        return (table[f"{site.region}-office"],)
    count = min(len(topic.depts), rng.choice((1, 1, 1, 1, 2, 3)))
    return tuple(table[f"{site.region}-{dept}"] for dept in topic.depts[:count])


def _topic_for(rng: Random, site: Site) -> int:
    topics = range(len(all_topics()))
    if len(site.bodies) > 1:
        return rng.choice(topics)
    dept = site.bodies[0].split("-")[1]
    return rng.choice([number for number in topics if dept in all_topics()[number].depts])


def _base(
    calendar: Calendar,
    rng: Random,
    published: date,
    *,
    unique: bool = True,
    site: Site | None = None,
    content_type: str = "",
) -> _Draft | None:
    """A document that stands for itself."""
    if site is None:
        site = rng.choices(calendar.sites, cum_weights=calendar.weights)[0]
    if not content_type:
        kinds = [channel.type for channel in site.channels if channel.type != "interpretation"]
        content_type = "notice" if "notice" in kinds and rng.random() < 0.4 else kinds[0]
    form = pick(rng, NOTICE_FORMS if content_type == "notice" else POLICY_FORMS)
    number = _topic_for(rng, site)
    topic = all_topics()[number]
    issuers = _issuers(rng, site, topic)
    if form == "order":
        issuers = (all_authorities()[f"{site.region}-gov"],)
        if len(site.bodies) == 1 or site.level not in ("national", "provincial"):
            return None
    for _ in range(8):
        aspect = rng.choice(topic.terms) if rng.random() < 0.75 else ""
        heading = make_title(rng, form, issuers, topic, aspect, published.year)
        if heading.title not in calendar.titles:
            return _Draft(site, content_type, form, number, issuers, heading, aspect)
    return None if unique else _Draft(site, content_type, form, number, issuers, heading, aspect)


def _implement(calendar: Calendar, rng: Random, published: date) -> _Draft | None:
    """A lower body carries out what a higher one has issued."""
    target = calendar.citable(
        rng, lambda page: bool(page.number) and bool(calendar.sites_below(page.region)), 300
    )
    if target is None:
        return None
    topic = all_topics()[target.topic]
    sites = [
        s
        for s in calendar.sites_below(target.region)
        if len(s.bodies) > 1 or s.bodies[0].split("-")[1] in topic.depts
    ]
    site = rng.choice(sites)
    issuers = _issuers(rng, site, topic)
    aspect = target.aspect if rng.random() < 0.7 else ""
    form = pick(rng, {"print": 35, "opinion": 30, "work": 35})
    heading = make_title(rng, form, issuers, topic, aspect, published.year)
    if rng.random() < 0.3:
        title = f"{' '.join(a.name for a in issuers)}关于贯彻落实《{quote_inside(target.cited)}》的实施意见"
        form, heading = "opinion", Heading(title, quote_inside(title))
    if heading.title in calendar.titles:
        return None
    return _Draft(
        site, "policy", form, target.topic, issuers, heading, aspect, (Relation("implements", target.id),)
    )


def _interpret(calendar: Calendar, rng: Random, published: date, site: Site | None = None) -> _Draft | None:
    """The same site explains what it has just published; a site named here, anything it has issued."""

    def fits(page: Page) -> bool:
        explains = any(channel.type == "interpretation" for channel in SITE[page.site].channels)
        recent = (published - page.published).days <= 45
        return explains and recent and page.form in ("print", "opinion", "order", "work")

    if site is None:
        target = calendar.citable(rng, fits, 60)
    else:
        issued = [p for p in calendar.by_site[site.id] if p.form in ("print", "opinion", "order", "work")]
        issued = [
            p for p in issued if p.content_type == "policy" and not p.source and p.id not in calendar.ended
        ]
        target = rng.choice(issued) if issued else None
    if target is None:
        return None
    form = rng.choice(("《{}》政策解读", "《{}》解读", "关于《{}》的解读", "《{}》政策问答"))
    title = form.format(quote_inside(target.cited))
    if title in calendar.titles:
        return None
    issuers = tuple(all_authorities()[name] for name in target.issuers)
    heading = Heading(title, title)
    relations = (Relation("interprets", target.id),)
    return _Draft(
        SITE[target.site],
        "interpretation",
        "interpret",
        target.topic,
        issuers,
        heading,
        target.aspect,
        relations,
    )


def _repost(calendar: Calendar, rng: Random, published: date) -> _Draft | None:
    """A lower portal puts a higher body's document online again, word for word."""
    target = calendar.citable(
        rng, lambda page: bool(page.number) and bool(calendar.sites_below(page.region)), 150
    )
    if target is None:
        return None
    sites = [site for site in calendar.sites_below(target.region) if len(site.bodies) > 1]
    site = rng.choice(sites)
    taken = (site.id, target.title) in calendar.taken
    issuers = tuple(all_authorities()[name] for name in target.issuers)
    heading = Heading(target.title, target.cited)
    relations = (Relation("reposts", target.id),)
    if taken:
        return None
    return _Draft(
        site, "policy", target.form, target.topic, issuers, heading, target.aspect, relations, target
    )


def _forward(calendar: Calendar, rng: Random, published: date) -> _Draft | None:
    """A lower body sends a higher body's document on to its own."""
    target = calendar.citable(
        rng,
        lambda page: (
            page.title.endswith("通知") and bool(page.number) and bool(calendar.sites_below(page.region))
        ),
        250,
    )
    if target is None:
        return None
    site = rng.choice([site for site in calendar.sites_below(target.region) if len(site.bodies) > 1])
    issuers = _issuers(rng, site, all_topics()[target.topic])[:1]
    title = f"{issuers[0].name}转发{target.title}"
    if title in calendar.titles:
        return None
    heading = Heading(title, quote_inside(title))
    return _Draft(
        site, "policy", "forward", target.topic, issuers, heading, "", (Relation("forwards", target.id),)
    )


def _old_enough(published: date) -> Callable[[Page], bool]:
    return lambda page: bool(page.number) and (published - page.published).days >= 60


def _amend(calendar: Calendar, rng: Random, published: date) -> _Draft | None:
    """A body changes what it issued before."""
    target = calendar.citable(rng, _old_enough(published), 800)
    return _decide(calendar, "amend", (target,)) if target else None


def _repeal(calendar: Calendar, rng: Random, published: date) -> _Draft | None:
    """A body puts an end to one or several of its documents."""
    first = calendar.citable(rng, _old_enough(published), 1200)
    if first is None:
        return None
    fits = _old_enough(published)
    more = [
        page
        for page in calendar.by_body[first.issuers]
        if page.id != first.id and page.id not in calendar.ended and fits(page)
    ]
    others = rng.sample(more, min(len(more), rng.randint(0, 2)))
    return _decide(calendar, "repeal", (first, *(page for page in others if page.withdrawn is None)))


def _decide(calendar: Calendar, form: str, targets: Sequence[Page]) -> _Draft | None:
    first = targets[0]
    issuers = tuple(all_authorities()[name] for name in first.issuers)
    verb = "修改" if form == "amend" else "废止"
    rest = f"等{len(targets)}件文件" if len(targets) > 1 else ""
    title = f"{' '.join(a.name for a in issuers)}关于{verb}《{quote_inside(first.cited)}》{rest}的决定"
    if title in calendar.titles:
        return None
    relations = tuple(Relation(f"{form}s", page.id) for page in targets)
    heading = Heading(title, quote_inside(title))
    return _Draft(SITE[first.site], "policy", form, first.topic, issuers, heading, "", relations)


_ACTIONS: dict[str, Callable[[Calendar, Random, date], _Draft | None]] = {
    "base": _base,
    "implement": _implement,
    "interpret": _interpret,
    "repost": _repost,
    "forward": _forward,
    "amend": _amend,
    "repeal": _repeal,
}
