"""How the fictional sites render their lists and pages, one module a platform."""
