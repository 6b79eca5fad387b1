"""Labels of info tables as they are printed, and the field each of them fills.

From the disclosure catalogue (政府信息公开目录) and 50 real sites, 2018-2026. Labels are compared
without white space and colons. "" marks a label that is known and not used: who may see a file, counters,
font sizes, places in the menu, names of editors. `python -m benchmarks.labels` lists what is met and not
here; of 142 real pages and lists that is 公开事项名称 and 主办单位 of one page (a form to be filled in; a body that
speaks of an event prints 主办单位 too, so it is no label) and words of search results (省份, 搜索记录数).
"""

from normalizers.chars import squeeze

LABELS: dict[str, str] = {
    label: name
    for name, labels in {
        "index_number": "索引号 信息索引号 信息索引 索取号 索引码 索引编号 信息索取号",
        "doc_number": "发文字号 文号 文件编号 公文文号 发文文号 文件号 发文号 文件文号 文件字号 公文字号 文件发文字号 发布文号 发布字号 信息文号",
        "issuers": "发文机关 发文单位 制发机关 制定机关 文件制定机关 发文机构 发布机关 制发单位 制文机关 制定单位 发文部门 印发机关",
        "publisher": "发布机构 发布单位 公开责任部门 信息提供单位 责任部门 公开主体 公开机构 公开单位 发布部门 信息发布机构 信息公开责任部门 公开责任单位 提供单位 生成机构 信息生成机构",
        "written_date": "成文日期 成文时间 发文日期 生成日期 制发日期 发文时间 生成时间 签发日期 签署日期 形成日期 制文日期 制文时间 文件日期 印发日期 印发时间 信息生成日期 成文发布日期",
        "published_date": "发布日期 发布时间 公开日期 公布日期 公开时间 发表时间 发表日期 上网日期 上网时间 信息发布日期 网站发布日期 发稿时间 信息时间 发布于 信息发布时间 发布",
        "updated_date": "更新时间 更新日期 日期 时间 录入时间",
        "title": "标题 名称 信息名称 文件名称 信息标题 公文名称 文件标题 公文标题",
        "subject": "主题分类 信息分类 主题类别 主题",
        "category": "组配分类",
        "validity": "有效性 时效性 效力状态 是否有效 文件状态 信息有效性 信息状态 有效状态 文件有效性 效力 信息时效 规范性文件有效性",
        "effective_date": "施行日期 生效日期 实施日期 执行日期 生效时间 实施时间 施行时间",
        "expiry_date": "废止日期 失效日期 废止时间 有效期至 失效时间 截止日期 有效期截止",
        "registration_number": "统一登记号 登记号 规范性文件登记编号 统一编号 登记编号 规范性文件统一编号 规范性文件登记号 规范性文件编号",
        "keywords": "主题词 关键词 关键字",
        "source": "来源 信息来源 文章来源 稿件来源 稿源 新闻来源",
        "summary": "内容概述 内容摘要 摘要 概述 信息概述 内容概要 简介",
        "instrument": "体裁分类 体裁",
        "doc_type": "公文种类 文种 公文类型 文件种类",
        # Kind of paper in the site's own words, and the column: both tell normative documents and content types.
        "kind": "文件类型 文件类别 信息类别 信息类型 政策类别 政策分类 分类 类别",
        "column": "所属分类 所属栏目 所在栏目 栏目 公开目录",
        "term": "有效期 有效期限",
        "note": "附注",
        "": "公开类别 公开属性 公开方式 公开形式 公开范围 公开时限 公开程序 服务对象 服务对象分类 浏览次数 浏览量 浏览 "
        "点击数 点击率 点击量 点击次数 点击 阅读次数 阅读量 阅读 访问量 访问次数 字体 字号 浏览字号 字体大小 字体显示 作者 编辑 责任编辑 责编 审核 校对 签发 "
        "打印 分享 分享到 视力保护色 保护视力色 背景色 当前位置 您的位置 当前所在位置 您当前的位置 您当前位置 您当前所在位置 关联稿件 热门搜索 热门关键词 分享至 信息发布人 语种 "
        "载体 载体类型 信息格式 格式 记录形式 生命周期 信息编号 备注 行业分类 行业 领域 年份 "
        "联系电话 联系方式 责任部门联系电话 公开依据 信息标识 信息标识码 浏览数 来文单位 签发人 份号 密级 紧急程度 二维码 解读 政策解读 相关解读 附件 相关附件 附件下载 打印本页 收藏 部门 单位 机构分类 发布人 信息员 投稿 拟稿人 撰稿 记者 通讯员",
    }.items()
    for label in labels.split()
}
# The words that the catalogue's labels are made of; sites put them together in ways that nobody has listed
# (政策发布日期, 印发单位, 文件成文时间). What is made here and not listed above is believed near the body only.
SUBJECTS = ("", "信息", "文件", "公文", "政策")
_FAMILIES: dict[str, tuple[str, str]] = {
    "written_date": ("成文 发文 印发 制发 签发 签署 颁布 制定 形成 制文", "日期 时间 日"),
    "published_date": ("发布 公开 公布 发表 上网 登载 刊登 公开发布 网上发布 挂网 发稿", "日期 时间 日"),
    "effective_date": ("施行 实施 执行 生效", "日期 时间 日"),
    "expiry_date": ("失效 废止 终止", "日期 时间 日"),
    "issuers": ("发文 制发 制定 颁布 颁发 印发 签发 制文 联合发文 制作", "机关 机构 单位 部门 主体"),
    "publisher": ("发布 公开 公布 提供 公开责任 发布责任", "机构 单位 部门 主体"),
}
MADE: dict[str, str] = {
    label: name
    for name, (stems, nouns) in _FAMILIES.items()
    for subject in SUBJECTS
    for stem in stems.split()
    for noun in nouns.split()
    if (label := subject + stem + noun) not in LABELS
}
KNOWN: dict[str, str] = {**MADE, **LABELS}
# Too common to be believed far from the body.
WEAK = frozenset({"日期", "时间", "来源", "标题", "名称", "主题", "摘要", "效力", "简介", "发布于", *MADE})
# Any of these makes a table of labels an info table rather than a form or a data sheet.
STRONG = frozenset(
    label
    for label, name in LABELS.items()
    if name in ("index_number", "doc_number", "written_date", "publisher", "issuers")
)
LONGEST = max(map(len, KNOWN))
LAST_LETTERS = frozenset(label[-1] for label in KNOWN)
EDGES = ":：[]【】［］　 |"


def label_of(text: str) -> str:
    """The comparable form of a label: no white space, colons or brackets around it."""
    return squeeze(text).strip(EDGES)
