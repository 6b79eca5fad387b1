"""Which part of a host name one owner registered."""

from normalizers.addresses import host_of

# Suffixes below which names are registered.
SHARED_SUFFIXES = ("gov.cn", "org.cn", "com.cn", "edu.cn", "net.cn", "ac.cn")


def domain_of(url: str) -> str:
    """The part of a host that one owner registered: www.tongchuan.gov.cn → tongchuan.gov.cn."""
    labels = host_of(url).split(".")
    return ".".join(labels[-3:] if ".".join(labels[-2:]) in SHARED_SUFFIXES else labels[-2:])
