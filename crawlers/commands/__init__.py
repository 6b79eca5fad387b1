"""Scrapy's own commands, where this project has more to say than a traceback."""
