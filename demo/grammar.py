"""The genre: bodies of documents after GB/T 9704, drawn from sentences and the vocabulary of a topic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from demo.country import DEPARTMENTS, Authority, Topic
from demo.pages import Block, Page
from demo.places import REGION
from demo.titles import quote_inside

DIGITS = "一二三四五六七八九十"
OUR = {"national": "我国", "provincial": "我省", "municipal": "我市", "county": "我县（区）"}
SENTENCES = (
    "各级各有关单位要切实提高认识，加强组织领导，明确责任分工，细化工作举措，确保{a}各项任务落地见效。",
    "到{y}年底，全{p}{t}取得明显成效，{a}重点任务完成率达到{n}%以上，{b}水平稳步提升。",
    "建立{t}联席会议制度，由{d}部门牵头，每季度至少召开一次会议，研究解决{a}中的重大问题。",
    "鼓励社会资本依法参与{a}，支持金融机构创新产品和服务，贷款期限一般不超过{m}年。",
    "任何单位和个人不得截留、挤占、挪用{a}资金；违反规定的，依法依规追究责任。",
    "申请人应当通过{p}政务服务平台提交申请表、营业执照复印件、信用承诺书以及与{a}有关的证明材料。",
    "受理机关应当自收到申请之日起{m}个工作日内作出决定；情况复杂的，经负责人批准可以延长{m}个工作日。",
    "加大财政投入力度，统筹用好现有专项资金，优先保障{a}和{b}的用地、用能、用工等要素需求。",
    "对{a}工作成效突出的地区和单位按照有关规定予以表扬激励，对推进不力的进行约谈督办。",
    "充分利用报纸、广播、电视和网络平台，广泛宣传{t}的政策措施和典型经验，营造良好氛围。",
    "{d}部门会同有关部门建立{a}台账，实行清单化管理、项目化推进、闭环式落实，每月通报进展情况。",
    "坚持问题导向，围绕{a}存在的短板弱项，深入基层开展调查研究，摸清底数，分类施策。",
    "加强{a}与{b}的衔接，做到同部署、同推进、同检查，避免重复建设和资源浪费。",
    "完善{a}标准体系，鼓励行业协会、企业和科研机构参与制定团体标准，推动标准互认。",
    "强化{a}全过程监管，综合运用双随机一公开、信用监管和非现场检查等方式，提高监管效能。",
    "建立健全{a}专家咨询机制，遴选专家{n}名，为重大事项提供技术支撑和论证意见。",
    "对符合条件的{a}项目，按照实际投资额的{m}%给予补助，单个项目最高不超过{n}万元。",
    "{p}每年安排不少于{n}00万元用于支持{b}，资金分配与{a}任务完成情况挂钩。",
    "依托现有信息系统建设{a}管理模块，实现数据一次采集、多方共享，减轻基层填报负担。",
    "严格落实意识形态和网络安全责任制，做好{a}中的个人信息保护，防止数据泄露。",
    "各地要于每年{x}月底前将{a}进展情况报送{d}部门，重大事项随时报告。",
    "培育一批懂{a}、善{b}的专业人才，将其纳入{p}高层次人才支持范围。",
    "选择基础条件较好的地区先行开展{a}试点，试点期限为{m}年，及时总结可复制、可推广的经验。",
    "落实容错纠错机制，对在{a}改革探索中出现的失误，符合规定条件的可以免予追究责任。",
    "引导各类主体开展{a}自评，自评结果作为安排{b}任务的重要参考。",
    "本着节约集约的原则推进{a}，严禁搞形象工程、政绩工程，坚决防止层层加码。",
    "加快补齐{b}短板，力争{y}年前实现{a}县级全覆盖。",
    "{d}部门负责{a}的组织协调，财政部门负责资金保障，其他部门按照职责分工做好{b}相关工作。",
    "支持有条件的企业、高校院所联合开展{a}关键问题研究，形成一批务实管用的成果。",
    "对弄虚作假、骗取{a}支持的，取消申报资格，{m}年内不再受理，并纳入信用记录。",
    "健全{a}群众参与机制，通过座谈会、问卷调查等形式听取意见，意见采纳情况及时反馈。",
    "开展{a}中期评估，对进度滞后的任务逐项分析原因，提出改进措施，评估报告向社会公开。",
)
OPENINGS = (
    "为深入推进{t}，不断提升{a}水平，结合{our}实际，现就有关事项通知如下。",
    "近年来，{our}{t}取得积极进展，但仍存在{a}基础薄弱、{b}不够健全等问题。为进一步做好相关工作，现提出如下意见。",
    "根据有关法律法规和{p}工作部署，为切实做好{t}，经研究，现将有关要求明确如下。",
    "{t}事关发展大局和群众切身利益。为统筹推进{a}、{b}等重点工作，现就有关事项通知如下。",
)
HEADS = (
    "总体要求", "主要目标", "重点任务", "支持政策", "保障措施", "组织实施", "工作步骤", "职责分工", "资金管理",
    "监督检查", "工作要求", "申报条件", "申报程序", "评价与考核",
)  # fmt: skip
CHAPTERS = ("总则", "职责分工", "申请与受理", "管理与服务", "资金使用", "监督检查", "法律责任", "附则")
NOTES = ("（此件公开发布）", "（此件主动公开）", "（此件公开发布）", "（此件依申请公开）")
EDITS = (
    "其中，{a}的具体标准由{d}部门按年度另行公布，调整幅度不超过{n}%。",
    "上述{a}事项的办理时限由{n}个工作日调整为{m}个工作日。",
    "涉及{b}的，应当同时报送{d}部门备案，备案材料一式{m}份。",
)


@dataclass(frozen=True, slots=True)
class Cited:
    """A page as another page cites it, with its own blocks for those that quote it whole."""

    name: str
    number: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def reference(self) -> str:
        """《…》（number), or without the number where there is none."""
        return f"《{self.name}》" + (f"（{self.number}）" if self.number else "")


class Writer:
    """Writes the blocks of one page; the same page and the same generator give the same text."""

    def __init__(self, rng: Random, page: Page, topic: Topic, issuers: tuple[Authority, ...]) -> None:
        self.rng, self.page, self.topic, self.issuers = rng, page, topic, issuers
        self.region = REGION[page.region]
        self.place = self.region.name
        self.pool = list(SENTENCES)
        self.facts = list(topic.facts)
        rng.shuffle(self.pool)
        rng.shuffle(self.facts)
        self.acts = list(topic.acts)
        rng.shuffle(self.acts)
        departments = [DEPARTMENTS[key][0] for key in topic.depts]
        self.departments = [*departments, departments[0]]

    def fill(self, template: str) -> str:
        """A sentence with its blanks filled from the topic."""
        chance, terms = self.rng.random, self.topic.terms
        first = int(chance() * len(terms))
        second = first - 1 - int(chance() * (len(terms) - 1))  # never the same as the first
        return template.format(
            a=self.page.aspect if self.page.aspect and chance() < 0.3 else terms[first],
            b=terms[second],
            t=self.topic.name,
            p=self.place,
            d=self.departments[int(chance() * len(self.departments))],
            n=11 + int(chance() * 85),
            m=2 + int(chance() * 8),
            x=1 + int(chance() * 12),
            y=self.page.written.year + 1 + int(chance() * 3),
            our=OUR[self.region.level],
        )

    def sentence(self) -> str:
        """The next sentence; what is special to the topic comes about every third time."""
        if self.facts and self.rng.random() < 0.34:
            return self.fill(self.facts.pop())
        if not self.pool:
            self.pool = list(SENTENCES)
            self.rng.shuffle(self.pool)
        return self.fill(self.pool.pop())

    def act(self) -> str:
        """The next thing to do, such as 清理涉企收费."""
        if not self.acts:
            return f"做好{self.rng.choice(self.topic.terms)}工作"
        return self.acts.pop()

    def paragraph(self, low: int = 1, high: int = 3) -> str:
        """A paragraph of a few sentences."""
        return "".join(self.sentence() for _ in range(self.rng.randint(low, high)))

    def sections(self, count: int) -> Iterator[Block]:
        """Sections 一、 with items （一） and, now and then, 1."""
        heads = self.rng.sample(HEADS, count)
        heads.sort(key=HEADS.index)
        for number, head in enumerate(heads):
            yield Block("h", f"{chinese(number + 1)}、{head}")
            if self.rng.random() < 0.25:
                yield Block("p", self.paragraph(2, 4))
                continue
            for item in range(self.rng.randint(2, 5)):
                yield Block("p", f"（{chinese(item + 1)}）{self.act()}。{self.paragraph(2, 4)}")
                if self.rng.random() < 0.12:
                    yield from (
                        Block("p", f"{i + 1}．{self.paragraph(1, 1)}") for i in range(self.rng.randint(2, 3))
                    )

    def articles(self, chapters: int) -> Iterator[Block]:
        """第一章 … 第一条 …, as measures and rules are written; the last article says since when."""
        article = 1
        names = [
            CHAPTERS[0],
            *sorted(self.rng.sample(CHAPTERS[1:-1], chapters - 2), key=CHAPTERS.index),
            CHAPTERS[-1],
        ]
        for number, name in enumerate(names):
            yield Block("h", f"第{chinese(number + 1)}章　{name}")
            if number == 0:
                yield Block(
                    "p",
                    f"第一条　为了规范{self.topic.name}，{self.fill('加强{a}和{b}，根据有关法律法规，制定本办法。')}",
                )
                article += 1
            for _ in range(self.rng.randint(3, 6)):
                yield Block("p", f"第{chinese(article)}条　{self.paragraph(1, 3)}")
                article += 1
        yield Block(
            "p", f"第{chinese(article)}条　{self.effective('本办法') or '本办法由制定机关负责解释。'}"
        )

    def effective(self, what: str) -> str:
        """The sentence that says since when `what` is in force, "" where the page says nothing."""
        page = self.page
        if page.effective_rule == "date" and page.effective:
            term = f"，有效期{self.rng.choice('二三五')}年" if self.rng.random() < 0.5 else ""
            return f"{what}自{day_text(page.effective)}起施行{term}。"
        return f"{what}自印发之日起施行。" if page.effective_rule == "issue" else ""

    def signature(self) -> Iterator[Block]:
        """署名, 成文日期 and, for most, 附注."""
        for authority in self.issuers:
            yield Block("sign", authority.name)
        old = self.rng.random() < 0.08
        yield Block("date", day_text_old(self.page.written) if old else day_text(self.page.written))
        if self.page.content_type == "policy" and self.rng.random() < 0.6:
            yield Block("note", self.rng.choice(NOTES))

    def annex_note(self) -> Iterator[Block]:
        """附件说明: the annexes by name, before the signature."""
        names = [attachment.name.rsplit(".", 1)[0] for attachment in self.page.attachments]
        names = [name.split("．", 1)[-1].removeprefix("附件：") for name in names]
        if len(names) == 1:
            yield Block("annex", f"附件：{names[0]}")
        for number, name in enumerate(names if len(names) > 1 else ()):
            yield Block("annex", f"{'附件：' if number == 0 else ''}{number + 1}．{name}")

    def opening(self, basis: str) -> Block:
        """The first paragraph; an implementing document begins with what it carries out."""
        if basis:
            return Block(
                "p", basis + self.fill(f"结合{OUR[self.region.level]}实际，现就做好{{t}}有关事项通知如下。")
            )
        return Block("p", self.fill(self.rng.choice(OPENINGS)))

    def table(self, rows: int) -> Block:
        """A table of the kind that fits the form."""
        header, make = _TABLES.get(self.page.form, _TABLES["work"])
        return Block("table", rows=(header, *(make(self, number + 1) for number in range(rows))))


def _task_row(writer: Writer, number: int) -> tuple[str, ...]:
    return (
        str(number),
        writer.act(),
        f"{writer.rng.choice(writer.departments)}部门",
        f"{writer.page.written.year + 1}年{writer.rng.randint(1, 12)}月",
    )


def _list_row(writer: Writer, number: int) -> tuple[str, ...]:
    kind = writer.rng.choice(("示范园区", "实验基地", "服务中心", "有限公司", "合作社", "研究院"))
    name = (
        "演示"
        + writer.rng.choice("甲乙丙丁戊己庚辛壬癸")
        + writer.rng.choice("东西南北中")
        + writer.rng.choice(writer.topic.terms)
        + kind
    )
    return (str(number), name, writer.place, writer.rng.choice(writer.topic.terms))


def _fund_row(writer: Writer, number: int) -> tuple[str, ...]:
    lower = [region.name for region in REGION.values() if region.parent == writer.region.code] or [
        "示例镇",
        "样本乡",
        "演示街道",
    ]
    return (
        str(number),
        lower[(number - 1) % len(lower)],
        writer.rng.choice(writer.topic.terms),
        f"{writer.rng.randrange(10, 9999)}.{writer.rng.randrange(100):02d}",
    )


def _paper_row(writer: Writer, number: int) -> tuple[str, ...]:
    return (
        str(number),
        f"{writer.rng.choice(writer.topic.terms)}{writer.rng.choice(('申请表', '证明材料', '承诺书', '情况说明'))}",
        f"{writer.rng.randint(1, 6)}",
        "加盖公章",
    )


_TABLES: dict[str, tuple[tuple[str, ...], Callable[[Writer, int], tuple[str, ...]]]] = {
    "work": (("序号", "重点任务", "责任单位", "完成时限"), _task_row),
    "list": (("序号", "单位名称", "所在地区", "类别"), _list_row),
    "funds": (("序号", "地区", "项目", "金额（万元）"), _fund_row),
    "apply": (("序号", "材料名称", "份数", "要求"), _paper_row),
}


def chinese(number: int) -> str:
    """1–99 in Chinese numerals."""
    if number <= 10:
        return DIGITS[number - 1]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else DIGITS[tens - 1]) + "十" + (DIGITS[ones - 1] if ones else "")


def day_text(day: date) -> str:
    """2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_text_old(day: date) -> str:
    """二〇二六年三月二日."""
    year = "".join("〇" if digit == "0" else DIGITS[int(digit) - 1] for digit in str(day.year))
    return f"{year}年{chinese(day.month)}月{chinese(day.day)}日"


def write_body(writer: Writer, cited: tuple[Cited, ...]) -> tuple[Block, ...]:
    """The blocks of the writer's page, `cited` being the targets of its relations in order."""
    return tuple(_FORMS.get(writer.page.form, _notice)(writer, cited))


def edit_body(rng: Random, writer: Writer, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same body with one paragraph silently made longer; never the first block nor the last."""
    places = [i for i, block in enumerate(blocks[1:-1], 1) if block.kind == "p"] or [0]
    place = rng.choice(places)
    block = blocks[place]
    longer = Block(block.kind, block.text + writer.fill(rng.choice(EDITS)))
    return (*blocks[:place], longer, *blocks[place + 1 :])


def _head(writer: Writer) -> Iterator[Block]:
    if writer.page.addressee:
        yield Block("to", writer.page.addressee)


def _basis(writer: Writer, cited: tuple[Cited, ...]) -> str:
    if not cited:
        return ""
    return f"为{writer.rng.choice(('贯彻落实', '认真落实', '深入贯彻落实'))}{cited[0].reference}精神，"


def _notice(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    """A notice, opinion or call with its sections, perhaps with a table in it or after it."""
    rng = writer.rng
    yield from _head(writer)
    yield writer.opening(_basis(writer, cited))
    has_table = rng.random() < {"list": 0.75, "funds": 0.85, "apply": 0.4}.get(writer.page.form, 0.08)
    after = has_table and rng.random() < 0.5
    yield from writer.sections(rng.randint(2, 3) if has_table else rng.randint(3, 5))
    if has_table and not after:
        yield Block("p", f"{chinese(6)}、有关情况详见下表。")
        yield writer.table(rng.randint(4, 12))
    if sentence := writer.effective("本通知" if "通知" in writer.page.title else "本意见"):
        yield Block("p", sentence)
    yield from writer.annex_note()
    yield from writer.signature()
    if after:
        yield Block("title", writer.fill("{t}情况表"))
        yield writer.table(rng.randint(4, 14))


def _print(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    """关于印发…的通知: a short notice, its signature, and then what it prints."""
    yield from _head(writer)
    basis = _basis(writer, cited)
    yield Block("p", f"{basis}现将《{writer.page.cited}》印发给你们，请结合实际认真贯彻执行。")
    if writer.rng.random() < 0.3:
        yield Block("p", writer.paragraph(1, 2))
    yield from writer.annex_note()
    yield from writer.signature()
    yield Block("title", writer.page.cited)
    yield from _instrument(writer)


def _instrument(writer: Writer) -> Iterator[Block]:
    name = writer.page.cited
    if "办法" in name or "细则" in name or "规程" in name or "规定" in name:
        yield from writer.articles(writer.rng.randint(4, 6))
        return
    yield Block("p", writer.fill("为推进{t}，提升{a}水平，制定本方案。"))
    yield from writer.sections(writer.rng.randint(3, 5))
    if sentence := writer.effective("本方案"):
        yield Block("p", sentence)


def _order(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    month = day_text(writer.page.written)
    since = f"，{writer.effective('')}" if writer.page.effective_rule else "。"
    meeting = f"{month}{writer.issuers[0].name}第{writer.rng.randrange(20, 99)}次常务会议"
    yield Block("p", f"《{writer.page.cited}》已经{meeting}通过，现予公布{since}")
    yield from writer.signature()
    yield Block("title", writer.page.cited)
    yield from writer.articles(writer.rng.randint(5, 7))


def _reply(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    yield from _head(writer)
    yield Block(
        "p",
        f"你单位关于报请审批{writer.topic.name}{writer.page.aspect}专项规划的请示收悉。经研究，现批复如下：",
    )
    for number in range(writer.rng.randint(3, 5)):
        lead = "原则同意所报规划，请认真组织实施。" if number == 0 else ""
        yield Block("p", f"{chinese(number + 1)}、{lead}{writer.paragraph(1, 3)}")
    yield Block("p", "此复。")
    yield from writer.signature()


def _open_to_all(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    """公告 and calls for comments: no addressee, numbered points, a contact line."""
    rng = writer.rng
    if writer.page.form == "solicit":
        yield Block(
            "p",
            writer.fill(
                "为规范{t}，我单位起草了有关文件，现向社会公开征求意见，公众可以在{n}日内通过以下方式反馈。"
            ),
        )
    else:
        yield Block("p", writer.fill("根据有关规定，现就{t}中{a}、{b}有关事项公告如下："))
    for number in range(rng.randint(4, 8)):
        yield Block("p", f"{chinese(number + 1)}、{writer.paragraph(1, 3)}")
    yield Block("p", f"联系单位：{writer.issuers[0].name}，联系电话：000-0000{rng.randrange(1000, 9999)}。")
    if sentence := writer.effective("本公告"):
        yield Block("p", sentence)
    yield Block("p", "特此公告。")
    yield from writer.annex_note()
    yield from writer.signature()


def _forward(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    yield from _head(writer)
    yield Block(
        "p", f"现将{cited[0].reference}转发给你们，请结合{OUR[writer.region.level]}实际，认真贯彻执行。"
    )
    for number in range(writer.rng.randint(1, 4)):
        yield Block("p", f"{chinese(number + 1)}、{writer.paragraph(1, 3)}")
    yield from writer.signature()
    if writer.rng.random() < 0.7:
        yield Block("title", cited[0].title)
        yield from cited[0].blocks


def _amend(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    yield Block("p", f"为适应{writer.topic.name}工作需要，经研究，决定对{cited[0].reference}作如下修改：")
    articles = sorted(writer.rng.sample(range(2, 31), writer.rng.randint(3, 7)))
    for number, article in enumerate(articles):
        text = writer.paragraph(1, 2)
        yield Block("p", f"{chinese(number + 1)}、将第{chinese(article)}条修改为：“{text}”")
    yield Block("p", writer.effective("本决定") or "修改后的文件按照本决定重新公布。")
    yield from writer.signature()


def _repeal(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    yield Block("p", writer.fill("根据文件清理工作安排，为维护{t}政策的统一，经研究，决定废止下列文件："))
    for number, target in enumerate(cited):
        yield Block("p", f"{chinese(number + 1)}、{target.reference}")
    for _ in range(writer.rng.randint(2, 4)):
        yield Block("p", writer.paragraph(2, 4))
    yield Block("p", writer.effective("本决定") or "上述文件废止后，不再作为行政管理的依据。")
    yield from writer.signature()


def _interpret(writer: Writer, cited: tuple[Cited, ...]) -> Iterator[Block]:
    rng, what = writer.rng, cited[0]
    yield Block("p", f"近日，{what.reference}公开发布。为便于社会各界准确理解和执行，现解读如下。")
    if rng.random() < 0.4:
        for _ in range(rng.randint(4, 6)):
            yield Block("h", f"问：{writer.act()}有哪些要求？")
            yield Block("p", f"答：{writer.paragraph(2, 4)}")
        return
    for number, head in enumerate(("出台背景", "制定依据", "主要内容", "创新举措")):
        yield Block("h", f"{chinese(number + 1)}、{head}")
        for _ in range(rng.randint(1, 3)):
            yield Block("p", writer.paragraph(2, 4))


_FORMS: dict[str, Callable[[Writer, tuple[Cited, ...]], Iterator[Block]]] = {
    "print": _print,
    "order": _order,
    "reply": _reply,
    "announce": _open_to_all,
    "solicit": _open_to_all,
    "forward": _forward,
    "amend": _amend,
    "repeal": _repeal,
    "interpret": _interpret,
}

__all__ = ["Cited", "Writer", "day_text", "edit_body", "quote_inside", "write_body"]
