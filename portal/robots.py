"""What crawlers are told: read the pages about this repository, leave searches and machine answers alone."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

# Endless (every search leads to more), or meant for programs that were pointed at them. Documents are not among
# them: a crawler must be able to read that they are not to be listed (X-Robots-Tag).
CLOSED = ("/search", "/browse?", "/library/*?", "/api/", "/feeds/", "/exports/", "/alerts", "/policies/*/why")
ROBOTS = "".join(["User-agent: *\n", *(f"Disallow: {path}\n" for path in CLOSED)])
KEPT = 86_400  # seconds; crawlers keep it for a day anyway (RFC 9309 §2.4)


def robots_router() -> APIRouter:
    """The route of /robots.txt."""
    router = APIRouter(include_in_schema=False)

    @router.get("/robots.txt")
    def robots() -> PlainTextResponse:
        return PlainTextResponse(ROBOTS, headers={"cache-control": f"public, max-age={KEPT}"})

    return router
