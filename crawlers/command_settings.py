"""What Scrapy's own commands read at their start (scrapy.cfg); a spider brings the rest."""

BOT_NAME = "zhengce"
COMMANDS_MODULE = "crawlers.commands"
SPIDER_LOADER_CLASS = "crawlers.loader.SiteSpiderLoader"
TWISTED_DNS_RESOLVER = "crawlers.resolver.GuardedResolver"
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
ZHENGCE_ADDRESS_MAP: dict[str, str] = {}
