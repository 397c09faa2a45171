"""Texts read as what they stand for: numbers, dates, addresses, bytes."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = r"([+-]?)(\d{1,100})(?:\.(\d{1,100}))?"
_DATE = r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d))?)?"


@lru_cache(maxsize=4096)
def number(text: str) -> tuple[int, int] | None:
    """Read a decimal number as (digits, scale): its value is digits / 10 ** scale. None if it isn't one."""
    found = re.fullmatch(_NUMBER, text, re.ASCII)
    if found is None:
        return None
    sign, whole, fraction = found.groups()
    digits = int(whole + (fraction or ""))
    return -digits if sign == "-" else digits, len(fraction or "")


@lru_cache(maxsize=4096)
def date(text: str) -> tuple[int, int] | None:
    """Read a date as (nanoseconds since 1970, 0): ISO 8601, or seconds since 1970. None if it isn't one.

    A time without a zone is none, as the W3C's profile of ISO 8601, which AWS refers to, demands one; nor are
    four digits alone, a year or seconds.
    """
    if text.isdecimal() and len(text) == 4:  # noqa: PLR2004 -- a year's digits
        return None
    if (seconds := number(text)) is not None:
        return (seconds[0] * 10**9) // 10 ** seconds[1], 0
    found = re.fullmatch(_DATE, text, re.ASCII)
    if found is None:
        return None
    from datetime import UTC, datetime, timedelta

    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
        if zone and zone != "Z":
            away = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            moment = moment - away if zone[0] == "+" else moment + away
    except (ValueError, OverflowError):
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    nanoseconds = (since.days * 86_400 + since.seconds) * 10**9
    return nanoseconds + int((fraction or "").ljust(9, "0")), 0


@lru_cache(maxsize=1024)
def base64(text: str) -> bytes | None:
    """Read base64; None if it isn't any."""
    import binascii

    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def network(text: str) -> tuple[int, int, int] | None:
    """Read an address or a CIDR block as (IP version, first address, prefix length); None if it is neither."""
    import ipaddress

    address, slash, length = text.partition("/")
    if "%" in text or (slash and not (length.isascii() and length.isdecimal())):
        return None
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    prefix = int(length) if slash and len(length) < 4 else found.max_prefixlen  # noqa: PLR2004 -- of 128
    if prefix > found.max_prefixlen or (slash and len(length) >= 4):  # noqa: PLR2004
        return None
    host = found.max_prefixlen - prefix
    return found.version, int(found) >> host << host, prefix
