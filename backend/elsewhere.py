"""Whether a form was posted by a page of another site: asked by the console and the web chat alike, before any of it is read."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request


def from_elsewhere(request: Request, public_url: str) -> bool:
    """Whether the browser says that a page of another site sent this form. Our own pages send `Origin: null` (they send no
    referrer), so that a missing or null origin proves nothing either way: the token does, after the body was read.
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc not in (request.headers.get("host"), urlsplit(public_url).netloc)
