"""Where a webhook may be sent: never, by mistake or malice, into a network that only this server can reach.

An address is read when it is added; what its name means is judged at each sending, for the very address connected to.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from surveys.errors import BadWebhookAddressError

LONGEST_URL = 1000
_HIGHEST_PORT = 65_535
_NAT64 = IPv6Network("64:ff9b::/96")
# What institutions use inside: RFC 1918, RFC 6598 (shared by providers), RFC 4193.
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
# The part of IPv6 from which public addresses come (RFC 4291, 2.4).
_GIVEN_OUT = IPv6Network("2000::/3")

Address = IPv4Address | IPv6Address


def read_url(text: str, *, allow_private: bool) -> httpx.URL:
    """Raises BadWebhookAddressError."""
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError):
        raise BadWebhookAddressError(reason="webhook-unreadable") from None
    port = 1 if url.port is None else url.port
    if len(text) > LONGEST_URL or not host or "%" in host or not 0 < port <= _HIGHEST_PORT or url.fragment:
        raise BadWebhookAddressError(reason="webhook-unreadable")
    if url.userinfo:
        raise BadWebhookAddressError(reason="webhook-credentials")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback_host(host)):
        raise BadWebhookAddressError(reason="webhook-not-https")
    address = read_address(host)
    if address is not None and not is_permitted(address, url.scheme, allow_private=allow_private):
        raise BadWebhookAddressError(reason="webhook-private")
    return url


def is_loopback_host(host: str) -> bool:
    address = read_address(host)
    return host == "localhost" if address is None else address.is_loopback


def read_address(host: str) -> Address | None:
    """None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_permitted(address: Address, scheme: str, *, allow_private: bool) -> bool:
    """Link-local addresses never: the keys of rented servers lie there (169.254.169.254)."""
    address = unwrap(address)
    if address.is_loopback:
        return allow_private or scheme == "http"
    if scheme != "https":
        return False
    return is_public(address) or (allow_private and any(address in network for network in _PRIVATE))


def is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    return address.is_global and address in _GIVEN_OUT


def unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only carries (::ffff:0:0/96, 64:ff9b::/96, 2002::/16)."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def print_url(url: str) -> str:
    """Without what comes after the question mark: a receiver may have put a secret there."""
    return str(httpx.URL(url).copy_with(query=None))
