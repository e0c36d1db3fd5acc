"""Top-level domains: what the last label of a domain may be in free text."""

from functools import cache, lru_cache
from importlib import resources

import idna

RESERVED = frozenset({"test", "example", "invalid", "localhost"})
"""RFC 2606, section 2."""

FOR_TESTS = frozenset(
    {
        *("xn--0zwm56d", "xn--11b5bs3a9aj6g", "xn--80akhbyknj4f", "xn--9t4b11yi5a", "xn--deba0ad", "xn--g6w251d"),
        *("xn--hgbk6aj7f53bba", "xn--hlcj6aya9esc7a", "xn--jxalpdlp", "xn--kgbechtv", "xn--zckzah"),
        "xn--4rr70v",  # of 用户@例子.广告, by which software for international addresses is shown and tried
    }
)
"""IANA's reserved labels that mean "test" in other scripts, and one that stands in documentation alone."""

_LONGEST = 63  # RFC 1035, 2.3.4


@cache
def known() -> frozenset[str]:
    """Every top-level domain, as an A-label in lower case: those of the root zone and the reserved ones."""
    lines = resources.files("ingest.readers").joinpath("tlds.txt").read_text("ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#")) | RESERVED | FOR_TESTS


def is_known(label: str) -> bool:
    """Whether *label*, in whatever script and letter case, is a top-level domain."""
    if len(label) > _LONGEST:
        return False
    return label.lower() in known() if label.isascii() else _a_label(label) in known()


@lru_cache(1 << 10)
def _a_label(label: str) -> str:
    try:
        return idna.alabel(idna.uts46_remap(label, std3_rules=False)).decode("ascii")
    except UnicodeError:  # idna's errors are of this kind
        return ""
