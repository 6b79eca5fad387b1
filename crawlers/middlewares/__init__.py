"""Scrapy middlewares: each guards one thing and names what it refuses.

What the spider and the middlewares say to each other:

* `request.meta`, set by the spider: `"channel"` (name; "" is the site itself), `"kind"` ("list", "detail",
  "attachment"; "robots" is ours), `"etag"` and `"last_modified"` (non-empty: ask conditionally), `"page_id"`.
* `response.meta["fetched"]` is a `pipelines.items.Fetched` once the answer is in the archive; every answer
  that reaches a callback has it, except a 304, which arrives with status 304, no body and nothing stored.
* Attributes of the spider that are read: `site` with `.id`, `.hosts` (frozenset of declared host names) and
  `.fetch` with `.delay` (seconds) and `.referer`. Attributes that are written: `counts` (channel →
  `crawlers.counts.ChannelCounts`; robots.txt counts under "") and `stopped` (`(Failure, message)`, when the
  site was given up: blocked, asked to come back much later, or the run cannot write).
* Objects of the run travel in the settings, made by `crawlers.settings.crawl_settings`: `ZHENGCE_ARCHIVE`
  (ArchiveWriter), `ZHENGCE_CLOCK`, `ZHENGCE_ADDRESS_MAP` (suffix → address, {} on a real night),
  `ZHENGCE_REPLAY` (`crawlers.replay.Replay` or None), `ZHENGCE_STOP` (`crawlers.stopping.RunStop`).
  Scrapy copies its settings deeply for every crawler; `CrawlSettings` keeps these objects shared.
* Every refusal is a `crawlers.failures.NamedFailure` and reaches the errback of the request, redirected or
  not; `crawlers.failures.name_failure` names whatever else an errback may see.
* Nothing is filtered silently: there is no duplicate filter (the catalogue decides what is asked) and no
  off-site filter of Scrapy's. A site that was given up closes with the failure as its reason: requests
  already handed to the downloader fail with that name unsent, those still scheduled are dropped without
  an errback, so the report reads `spider.stopped`.
"""
