"""Detail pages of the genre, written for the tests: fictional bodies, real layouts."""

from datetime import date

from normalizers.normalize import PageInput, normalize_policy
from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment, Policy, SiteContext

URL = "http://www.yanshi.test/zwgk/zcwj/202403/t20240315_1001.html"
TODAY = date(2026, 3, 2)
KNOWN = {"演示市政府办": "演示市人民政府办公室", "演示市人民政府办公室": "演示市人民政府办公室"}
TITLE = "演示市人民政府办公室关于印发《演示市共享单车管理办法》的通知"
NUMBER = "演政办发〔2024〕7号"
INDEX = "11990100MB0001/2024-00007"
TEXT = (
    "各县、区人民政府，市直各部门：",
    "《演示市共享单车管理办法》已经市政府第三次常务会议通过，现印发给你们，请认真贯彻执行。根据演政发〔2019〕3号文件，原办法同时废止。",
    "演示市人民政府办公室",
    "2024年3月8日",
    "（此件公开发布）",
    "第一条　为了规范共享单车停放，制定本办法。",
    "第二条　本办法自2024年5月1日起施行，有效期5年。",
)
INFO = {
    "pairs": f"""<table><tr><td>索 引 号：</td><td>{INDEX}</td><td>主题分类：</td><td>工业、交通/公路</td></tr>
<tr><td>发文机关：</td><td>演示市政府办</td><td>成文日期：</td><td>2024年3月8日</td></tr>
<tr><td>标　　题：</td><td colspan=3>{TITLE}</td></tr>
<tr><td>发文字号：</td><td>{NUMBER}</td><td>发布日期：</td><td>2024年3月15日</td></tr>
<tr><td>有效性：</td><td>有效</td><td>关 键 词：</td><td>无</td></tr><tr><td>演示栏：</td><td>甲</td></tr></table>""",
    "th": f"""<table><tbody><tr><th>索引号</th><td>{INDEX}</td></tr><tr><th>主题分类</th><td>工业、交通/公路</td></tr>
<tr><th>发文机关</th><td>演示市政府办</td></tr><tr><th>成文日期</th><td>2024-03-08</td></tr>
<tr><th>文号</th><td>{NUMBER}</td></tr><tr><th>公开日期</th><td>2024-03-15</td></tr><tr><th>时效性</th><td>有效</td></tr>
</tbody></table>""",
    "header_row": f"""<table><tr><td>信息索引号</td><td>主题分类</td><td>制发机关</td><td>成文时间</td><td>文件编号</td>
<td>发布时间</td><td>效力状态</td></tr><tr><td>{INDEX}</td><td>工业、交通/公路</td><td>演示市政府办</td><td>2024/03/08</td>
<td>{NUMBER}</td><td>2024/03/15</td><td>有效</td></tr></table>""",
    "dl": f"""<dl><dt>索 引 号：</dt><dd><div>{INDEX}</div></dd><dt>主题分类：</dt><dd>工业、交通/公路</dd><dt>发文单位：</dt>
<dd>演示市政府办</dd><dt>生成日期：</dt><dd>2024-03-08</dd><dt>文　　号：</dt><dd>{NUMBER}</dd><dt>公开日期：</dt><dd>2024-03-15</dd>
<dt>时 效 性：</dt><dd>有效</dd></dl>""",
    "li": f"""<ul><li>索引号：{INDEX}</li><li>主题分类：工业、交通/公路</li><li><b>发文机关</b>：演示市政府办</li><li>成文日期：2024-03-08</li>
<li>文号：{NUMBER}</li><li>发布日期：2024-03-15</li><li>有效性：有效</li></ul>""",
    "spans": f"""<div><span>索引号：{INDEX}</span><span>主题分类：工业、交通/公路</span><span>发文机关：演示市政府办</span></div>
<div><span>成文日期：2024-03-08</span><span>文号：演政办发〔</span><span>2024</span><span>〕</span><span>7号</span>
<span>发布日期：2024-03-15</span><span>有效性：有效</span></div>""",
    "seams": f"""<div><b>索引号</b><span>{INDEX}</span></div><div><b>主题分类</b><span>工业、交通/公路</span></div>
<div><b>发文机关</b><span>演示市政府办</span></div><div><b>成文日期</b><span>2024-03-08</span></div><div><b>文号</b>
<span>{NUMBER}</span></div><div><b>发布日期</b><span>2024-03-15</span></div><div><b>有效性</b><span>有效</span></div>""",
}


def paragraphs(lines: tuple[str, ...] = TEXT) -> str:
    return "".join(f"<p>　　{line}</p>\n" for line in lines)


def page(
    info: str = "", body: str = "", container: str = 'class="TRS_Editor"', title: str = TITLE, after: str = ""
) -> str:
    """A whole detail page with navigation, buttons, files and footer."""
    return f"""<!DOCTYPE html><html><head><title>{title}_演示市人民政府</title><meta name="SiteName" content="演示市人民政府"></head>
<body><div class="header"></body></html><a href="/app.apk">下载</a><a href="/guide.pdf">网站使用指南</a></div>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li></ul>
<div>当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政策文件</a></div>{info}
<h1>{title}</h1><div>来源：演示市人民政府网 浏览次数：12 【字体：大 中 小】 打印</div>
<div {container}>{body or paragraphs()}</div>{after}
<!-- <p>发文字号：演示发〔1999〕1号</p> -->
<div>扫一扫在手机打开当前页</div><div class="footer">主办：演示市人民政府 网站标识码：9901000001 演ICP备00000000号</div></body></html>"""


def context(site: str = "yanshi") -> SiteContext:
    """What is known about the pages' site."""
    return SiteContext(site, "演示市人民政府", ("政策文件",), "policy", "municipal", "990100", TODAY, KNOWN)


def normalize(
    markup: str | bytes,
    hints: Hints | None = None,
    row: ListRow | None = None,
    attachments: tuple[Attachment, ...] = (),
    url: str = URL,
) -> Policy:
    data = markup.encode() if isinstance(markup, str) else markup
    return normalize_policy(PageInput("0" * 16, url, data, row, hints or Hints(), attachments), context())
