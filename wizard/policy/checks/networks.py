"""IP addresses and ranges as conditions write them. Imported where a policy has some: the library takes its time."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network
_NARROW_V4 = 8
_NARROW_V6 = 32
# RFC 1918, 3927, 4193, 4291, 6598 and loopback: never the source of a request that comes over the internet.
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10",
        "fc00::/7", "fe80::/10", "::1/128",
    )
)  # fmt: skip


def parse(text: str) -> Network | None:
    """Return an address or a range (bits after the mask are let pass, as AWS does); None for anything else."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def has_host_bits(text: str) -> bool:
    """Whether a range's address has bits after the mask."""
    try:
        ip_network(text)
    except ValueError:
        return True
    return False


def is_private(text: str) -> bool:
    """Whether a range lies within addresses that never come over the internet."""
    network = parse(text)
    if isinstance(network, IPv4Network):
        return any(network.subnet_of(one) for one in _PRIVATE if isinstance(one, IPv4Network))
    if isinstance(network, IPv6Network):
        return any(network.subnet_of(one) for one in _PRIVATE if isinstance(one, IPv6Network))
    return False


def is_narrow(text: str) -> bool:
    """Whether S3 takes a range for one that confines (no wider than /8, or /32 of IPv6); what is none counts too."""
    network = parse(text)
    if network is None:
        return True
    return network.prefixlen >= (_NARROW_V4 if isinstance(network, IPv4Network) else _NARROW_V6)
