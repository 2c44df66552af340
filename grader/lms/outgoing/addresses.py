"""Which addresses are out in the public internet, and hide no other address inside them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

#: Prefixes whose last four bytes are an IPv4 address that a gateway would go on to.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
#: What some versions of Python count as global: a relay into IPv6, addresses of protocols.
_SPECIAL = (IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"))


def is_public(text: str) -> bool:
    """Whether an address is globally reachable unicast, in its plain notation.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is not: whoever means
    a public IPv4 address can say so, and whoever means a private one must not get through.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    if special or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL)
    return not _carries(address)


def _carries(address: IPv6Address) -> bool:
    translated = any(address in network for network in _TRANSLATED)
    hidden = address.ipv4_mapped or address.sixtofour or address.teredo
    return translated or hidden is not None or address.is_site_local
