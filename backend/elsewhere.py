"""What the console and the web chat ask of a request alike, before any of it is read: whose page sent it, from where, how long it says it is."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

DIGITS = 12
"""Of the longest length that anybody means."""
NETWORK = 64
"""Bits of an IPv6 address that name the line; the rest its holder chooses."""


def from_elsewhere(request: Request, public_url: str) -> bool:
    """Whether the browser says that a page of another site sent this form. Our own pages send `Origin: null` (they send no
    referrer), so that a missing or null origin proves nothing either way: the token does, after the body was read.
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc not in (request.headers.get("host"), urlsplit(public_url).netloc)


def longer_than(request: Request, most: int) -> bool:
    """Whether the body is longer than `most` bytes, or does not say how long it is: then nobody reads it.

    A length of thousands of digits is no number to Python (it raises), and zeros in front of one are allowed by HTTP.
    """
    length = request.headers.get("content-length", "")
    return not (length.isascii() and length.isdigit() and len(length) <= DIGITS) or int(length) > most


def host(request: Request) -> str:
    """The address a request came from, for limits; empty where the server does not say.

    Of IPv6 the network (/64): one line at home has 2 to the 64 addresses and may come from another one each time.
    """
    address = request.client.host if request.client else ""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return address
    return str(known.ipv4_mapped or ipaddress.ip_network((known, NETWORK), strict=False))
