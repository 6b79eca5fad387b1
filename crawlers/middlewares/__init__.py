"""Scrapy middlewares: each guards one thing and names what it refuses."""
