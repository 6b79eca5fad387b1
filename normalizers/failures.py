"""Names of everything that can go wrong, one list for all floors.

A failure without a name does not reach a report, so whoever meets a new kind adds it here.
`FAILURES` says for each name what happened and what the operator does next (Chinese: it is shown).
"""

from enum import StrEnum


class Failure(StrEnum):
    """The name of a failure; its value is the spelling in reports, JSON and the catalogue."""

    # reaching a host
    DNS_FAILURE = "dns_failure"
    CONNECTION_FAILED = "connection_failed"
    TIMEOUT = "timeout"
    TLS_FAILED = "tls_failed"
    BAD_HEADERS = "bad_headers"
    TOO_LARGE = "too_large"
    ADDRESS_REFUSED = "address_refused"
    OFF_SITE = "off_site"
    OFF_SITE_REDIRECT = "off_site_redirect"
    REDIRECT_LOOP = "redirect_loop"
    # what a host answers
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    NOT_FOUND = "not_found"
    GONE = "gone"
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    RATE_LIMITED = "rate_limited"
    BLOCKED_RS412 = "blocked_rs412"
    BLOCKED_JSL521 = "blocked_jsl521"
    BLOCKED_WZWS = "blocked_wzws"
    BLOCKED_GEO = "blocked_geo"
    BLOCKED_CAPTCHA = "blocked_captcha"
    BLOCKED_COOKIE_SHELL = "blocked_cookie_shell"
    SOFT_404 = "soft_404"
    # what a list says
    LIST_EMPTY = "list_empty"
    LIST_SHELL = "list_shell"
    LIST_LANDING = "list_landing"
    ROW_WITHOUT_LINK = "row_without_link"
    LIST_UNREADABLE = "list_unreadable"
    LIST_REPEATS = "list_repeats"
    LIST_SILENT = "list_silent"
    LAYOUT_CHANGED = "layout_changed"
    TOTAL_MISSED = "total_missed"
    # what a page or file says
    NOT_A_PAGE = "not_a_page"
    BODY_EMPTY = "body_empty"
    TITLE_MISSING = "title_missing"
    NORMALIZE_CRASHED = "normalize_crashed"
    ATTACHMENT_DAMAGED = "attachment_damaged"
    ATTACHMENT_ENCRYPTED = "attachment_encrypted"
    ATTACHMENT_IS_HTML = "attachment_is_html"
    ATTACHMENT_EMPTY = "attachment_empty"
    ATTACHMENT_UNSUPPORTED = "attachment_unsupported"
    ATTACHMENT_TOO_LARGE = "attachment_too_large"
    ATTACHMENT_TIMEOUT = "attachment_timeout"
    ATTACHMENT_CRASHED = "attachment_crashed"
    ATTACHMENT_PICTURES = "attachment_pictures"
    ATTACHMENT_PARTIAL = "attachment_partial"
    PDF_GARBAGE_TEXT = "pdf_garbage_text"
    # our own house
    ARCHIVE_DAMAGED = "archive_damaged"
    DISK_FULL = "disk_full"
    DUMP_FAILED = "dump_failed"
    NIGHT_WINDOW_CLOSED = "night_window_closed"
    BUDGET_SPENT = "budget_spent"
    NOT_SAVED = "not_saved"
    CRAWL_CRASHED = "crawl_crashed"
    CATALOGUE_FAILED = "catalogue_failed"
    STOPPED = "stopped"
    # what a search server answers
    INDEX_UNREACHABLE = "index_unreachable"
    INDEX_TLS_FAILED = "index_tls_failed"
    INDEX_LOGIN_REFUSED = "index_login_refused"
    INDEX_READ_ONLY = "index_read_only"
    INDEX_FAILED = "index_failed"
    # where alerts are sent to
    TARGET_UNREACHABLE = "target_unreachable"
    TARGET_TIMEOUT = "target_timeout"
    TARGET_TROUBLE = "target_trouble"
    TARGET_REFUSED = "target_refused"
    TARGET_PRIVATE = "target_private"
    TARGET_KEY_MISSING = "target_key_missing"
    MAIL_SERVER_FAILED = "mail_server_failed"
    ALERT_QUERY_REFUSED = "alert_query_refused"
    ALERTS_FAILED = "alerts_failed"


BLOCKED = frozenset(
    {
        Failure.BLOCKED_RS412,
        Failure.BLOCKED_JSL521,
        Failure.BLOCKED_WZWS,
        Failure.BLOCKED_GEO,
        Failure.BLOCKED_CAPTCHA,
        Failure.BLOCKED_COOKIE_SHELL,
    }
)

ADVICE: dict[Failure, str] = {
    Failure.DNS_FAILURE: "域名无法解析：核对站点文件的 base，或稍后再试",
    Failure.CONNECTION_FAILED: "连接失败：站点可能停机，连续三晚失败请核对地址",
    Failure.TIMEOUT: "超时：站点太慢，可在 [fetch] 中调大 delay",
    Failure.TLS_FAILED: "TLS 握手失败：站点的加密过旧或证书异常；站点支持时 base 改用 http",
    Failure.BAD_HEADERS: "响应头异常：站点故障，稍后再试",
    Failure.TOO_LARGE: "响应超过大小上限，未保存：核对地址是否指向了下载文件",
    Failure.ADDRESS_REFUSED: "地址不是公网地址，已拒绝访问",
    Failure.OFF_SITE: "链接指向站点之外，只登记不抓取；确属本站请写入 hosts",
    Failure.OFF_SITE_REDIRECT: "被重定向到站点之外：站点可能迁移，核对 base",
    Failure.REDIRECT_LOOP: "重定向循环：站点故障，或需要 cookie；在浏览器中核对地址，稍后再试",
    Failure.HTTP_4XX: "站点拒绝请求：核对地址与 referer；仍拒绝就不要绕过",
    Failure.HTTP_5XX: "站点内部错误：稍后自动重试",
    Failure.NOT_FOUND: "页面不存在（404）",
    Failure.GONE: "页面已撤下（410）",
    Failure.ROBOTS_DENIED: "robots.txt 不允许抓取，已遵守",
    Failure.ROBOTS_UNREACHABLE: "robots.txt 无法读取，本站今晚不抓取",
    Failure.RATE_LIMITED: "站点要求放慢（429）：调大 delay",
    Failure.BLOCKED_RS412: "站点启用 412 动态校验，已停止；不绕过",
    Failure.BLOCKED_JSL521: "站点启用 521 加速乐校验，已停止；不绕过",
    Failure.BLOCKED_WZWS: "站点启用网站卫士校验，已停止；不绕过",
    Failure.BLOCKED_GEO: "站点限制访问地域，请从境内网络运行",
    Failure.BLOCKED_CAPTCHA: "站点要求验证码，已停止；不绕过",
    Failure.BLOCKED_COOKIE_SHELL: "站点返回脚本校验页，已停止；不绕过",
    Failure.SOFT_404: "返回 200 但内容是错误页或首页",
    Failure.LIST_EMPTY: "列表没有读到任何条目：核对 list 地址与平台",
    Failure.LIST_SHELL: "列表页是空壳，条目由脚本载入，页面没有说明取自哪个接口：list 可写接口地址（含参数）",
    Failure.LIST_LANDING: "list 是没有条目的栏目首页，已改读其中最像政策栏目的一个：请把 list 改成它的地址",
    Failure.ROW_WITHOUT_LINK: "列表中有条目没有链接，无从抓取：站点自己的问题，只登记",
    Failure.LIST_UNREADABLE: "列表接口回答的不是列表数据（出错页、限流页或残缺的数据）：下次从这一页再试，经常出现请核对参数",
    Failure.LIST_REPEATS: "翻页得到相同内容：站点忽略页码，已停止翻页",
    Failure.LIST_SILENT: "栏目很久没有更新：超过 [expect] max_silent_days，核对栏目是否已迁移",
    Failure.LAYOUT_CHANGED: "列表版式变化：以前能读到条目，现在不能",
    Failure.TOTAL_MISSED: "读到的条目少于站点声明的总数",
    Failure.NOT_A_PAGE: "内容不是网页也不是可识别的文件",
    Failure.BODY_EMPTY: "没有读到正文",
    Failure.TITLE_MISSING: "没有读到标题",
    Failure.NORMALIZE_CRASHED: "解析程序异常，请附网页报告",
    Failure.ATTACHMENT_DAMAGED: "附件损坏，无法读取",
    Failure.ATTACHMENT_ENCRYPTED: "附件已加密",
    Failure.ATTACHMENT_IS_HTML: "附件地址返回的是网页",
    Failure.ATTACHMENT_EMPTY: "附件为空",
    Failure.ATTACHMENT_UNSUPPORTED: "附件格式不支持",
    Failure.ATTACHMENT_TOO_LARGE: "附件或其内容超过上限",
    Failure.ATTACHMENT_TIMEOUT: "读取附件超时",
    Failure.ATTACHMENT_CRASHED: "读取附件的子进程异常退出",
    Failure.ATTACHMENT_PICTURES: "附件是扫描件或图片，没有文字层：安装 OCR 组件（zhengce[ocr]）后重新解析",
    Failure.ATTACHMENT_PARTIAL: "附件只读出一部分：缺哪些页见 zhengce text 的警告",
    Failure.PDF_GARBAGE_TEXT: "PDF 文字层是乱码，需要 OCR",
    Failure.ARCHIVE_DAMAGED: "归档文件损坏：运行 zhengce archive verify",
    Failure.DISK_FULL: "磁盘空间不足，已在写坏之前停止",
    Failure.DUMP_FAILED: "全量导出没有写成，上一次的仍然完好：修好后下一夜重写，或运行 zhengce export --all --dump",
    Failure.NIGHT_WINDOW_CLOSED: "夜间窗口已到，其余留待下一夜",
    Failure.BUDGET_SPENT: "本夜补采额度已用完，其余留待下一夜",
    Failure.NOT_SAVED: "回放目录中没有保存这个地址",
    Failure.CRAWL_CRASHED: "抓取程序异常，请附日志报告",
    Failure.CATALOGUE_FAILED: "目录库无法写入，已停止：运行 zhengce doctor",
    Failure.STOPPED: "被操作者停止，其余留待下次运行",
    Failure.INDEX_UNREACHABLE: "检索服务器没有回答：确认 Elasticsearch 正在运行、index 地址正确，恢复后再次运行即继续",
    Failure.INDEX_TLS_FAILED: "检索服务器的证书不可信：用 index_ca 指定签发它的 CA 文件，并核对地址与证书相符",
    Failure.INDEX_LOGIN_REFUSED: "检索服务器拒绝登录或权限不足：核对 ZHENGCE_INDEX_SECRET（或 index_secret_file）与 docs/operating.md 所列权限",
    Failure.INDEX_READ_ONLY: "检索服务器的索引是只读的，多因磁盘将满：清理磁盘，解除只读后再次运行即继续",
    Failure.INDEX_FAILED: "检索服务器拒绝了请求：查看它的日志，必要时运行 zhengce index --rebuild",
    Failure.TARGET_UNREACHABLE: "通知目标无法连接：稍后自动重试，一直失败请核对地址",
    Failure.TARGET_TIMEOUT: "通知目标太久没有回答：稍后自动重试",
    Failure.TARGET_TROUBLE: "通知目标一时出错或要求放慢：稍后自动重试",
    Failure.TARGET_REFUSED: "通知目标拒绝接收：核对地址、密钥与对方的设置，然后 zhengce alerts resume",
    Failure.TARGET_PRIVATE: "通知目标不在公网：确属内网目标请写入 [alerts] allow_hosts，然后 zhengce alerts resume",
    Failure.TARGET_KEY_MISSING: "密钥文件中没有这个通知目标：放回 alert-secrets.json，或删除后重新添加",
    Failure.MAIL_SERVER_FAILED: "发信服务器没有接收：核对 [alerts] smtp、from 与密码，稍后自动重试",
    Failure.ALERT_QUERY_REFUSED: "保存的检索条件已不能使用：删除后重新添加",
    Failure.ALERTS_FAILED: "通知没有发完：再次运行 zhengce alerts 即继续",
}
