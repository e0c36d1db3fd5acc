"""The plain addresses of free text, taken out of a piece at a time; pieces between separators in which any is not plain
are read by `prose`, and what it finds is taken too, as far as that is plain.
"""

import regex as re

from breachcheck.addresses import PLAIN, PLAIN_LENGTH
from ingest.compiled.addresses import Addresses
from ingest.compiled.known import Domains
from ingest.compiled.texts import Texts
from ingest.readers import prose, spotting, top_level
from ingest.readers.plain import Plain
from ingest.readers.plain_addresses import plain_of
from ingest.readers.plain_domains import ignores_dots

_plain_form = re.compile(PLAIN)


class PlainText:
    """Takes the plain addresses out of whole pieces of text, and leaves the others as lines.

    What it gives is good until it is called again. For one thread alone.
    """

    def __init__(self) -> None:
        self._addresses = Addresses(Domains(_ignores_dots))
        self._texts = Texts(self._addresses)

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, one of `spotting.whole_pieces`."""
        texts = self._texts
        texts.take(block)
        found = [one for start, end in texts.unclear() for one in spotting.found_in(block, start, end)]
        rest = "".join([f"{one}\n" for one in found if not (_is_plain(one) and texts.enter(one.encode()))])
        return plain_of(self._addresses, {}, rest.encode())


def _is_plain(address: str) -> bool:
    return len(address) <= PLAIN_LENGTH and address[0].isalnum() and _plain_form.fullmatch(address) is not None


def _ignores_dots(domain: bytes) -> bool | None:
    """As `plain_domains.ignores_dots`; None also where a text's rules have to look at what stands last."""
    last = domain.rpartition(b".")[2].decode()
    return ignores_dots(domain) if top_level.is_known(last) and last not in prose.ENDINGS_TOO else None
