"""Which sites belong together, and which process crawls them."""

import hashlib
from collections.abc import Iterable

from crawlers.site import Site
from normalizers.addresses import host_of


def host_groups(sites: Iterable[Site]) -> list[tuple[Site, ...]]:
    """The sites in groups that share a host, directly or through a third; sites keep their order.

    Limits are per crawler, so the sites of a group are crawled one after the other.
    """
    groups: dict[str, list[Site]] = {}
    of_host: dict[str, str] = {}
    for site in sites:
        hosts = sorted(_hosts(site))
        joined = {of_host[host] for host in hosts if host in of_host}
        key = min(joined, default=hosts[0])
        members = groups.setdefault(key, [])
        for other in sorted(joined - {key}):
            members += groups.pop(other)
        members.append(site)
        moved = {host for member in members for host in _hosts(member)}
        of_host.update(dict.fromkeys(moved, key))
    return [tuple(members) for members in groups.values()]


def shard(sites: Iterable[Site], k: int, n: int) -> list[Site]:
    """The sites of shard k of n (1 ≤ k ≤ n): whole host groups, the same ones every night."""
    return [site for group in host_groups(sites) if _number(group) % n == k - 1 for site in group]


def _number(group: tuple[Site, ...]) -> int:
    key = min(host for site in group for host in _hosts(site))
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])


def _hosts(site: Site) -> frozenset[str]:
    return site.hosts or frozenset({host_of(site.base)})
