"""Serving policies: HTTP API and web pages."""
