"""Host groups and shards."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crawlers.saved_lists import stranger
from crawlers.sharding import host_groups, shard
from crawlers.site import Site


def site(name: str, *hosts: str) -> Site:
    return replace(stranger(f"http://{hosts[0]}/"), id=name, hosts=frozenset(hosts))


def test_sites_that_share_a_host_even_through_a_third_are_one_group() -> None:
    sites = [
        site("a", "a.gov.cn"),
        site("b", "b.gov.cn"),
        site("c", "c.gov.cn", "x.gov.cn"),
        site("d", "a.gov.cn", "b.gov.cn"),
        site("e", "x.gov.cn"),
    ]
    assert [{member.id for member in group} for group in host_groups(sites)] == [{"a", "b", "d"}, {"c", "e"}]


HOSTS = st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=3), min_size=1, max_size=12)


@given(HOSTS, st.integers(1, 5), st.randoms())
def test_shards_are_whole_groups_and_do_not_depend_on_order(
    hosts: list[set[str]], n: int, random: object
) -> None:
    sites = [site(str(number), *sorted(f"{h}.gov.cn" for h in chosen)) for number, chosen in enumerate(hosts)]
    shuffled = sorted(sites, key=lambda s: hash((s.id, id(random))))
    parts = [{s.id for s in shard(sites, k, n)} for k in range(1, n + 1)]
    assert parts == [{s.id for s in shard(shuffled, k, n)} for k in range(1, n + 1)]
    assert sorted(name for part in parts for name in part) == sorted(s.id for s in sites)
    of_host: dict[str, set[int]] = {}
    for number, part in enumerate(parts):
        for s in sites:
            if s.id in part:
                for host in s.hosts:
                    of_host.setdefault(host, set()).add(number)
    assert all(len(found) == 1 for found in of_host.values())
