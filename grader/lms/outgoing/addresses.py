"""Decides whether an IP address is on the public internet."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

#: Prefixes (NAT64, IPv4-compatible) whose last four bytes are an IPv4 address to which a gateway
#: may forward, e.g. 64:ff9b::7f00:1 is 127.0.0.1.
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
#: Networks that some versions of ``ipaddress`` count as global: 6to4 relays and IETF protocol
#: assignments.
_SPECIAL = (IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"))


def is_public(text: str) -> bool:
    """Return whether ``text`` is the IP address of a host on the public internet; no multicast.

    False for a host name. An IPv6 address that embeds an IPv4 address (mapped, 6to4, Teredo, NAT64)
    does not count: it may lead to a private address, and a public one can be reached by its IPv4
    notation.
    """
    # e.g. 93.184.216.34, 2606:2800:220::1; not 127.0.0.1, 10.0.0.1, ::ffff:8.8.8.8, localhost.
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    if special or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL)
    return not _embeds_ipv4(address)


def _embeds_ipv4(address: IPv6Address) -> bool:
    """Return whether ``address`` contains an IPv4 address, or is site-local.

    E.g. ``64:ff9b::7f00:1``; not ``2606:2800:220::1``.
    """
    in_nat64 = any(address in network for network in _NAT64)
    embedded = address.ipv4_mapped or address.sixtofour or address.teredo
    return in_nat64 or embedded is not None or address.is_site_local
