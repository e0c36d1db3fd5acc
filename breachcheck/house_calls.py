"""House calls: the doctor asks a site from outside how his request arrives, and the site tells him and nobody else.

Question and answer are authenticated under the app key, which both have. The address of whoever asks is in the answer,
and it is the doctor's own.
"""

import hmac
import secrets
import time
from hashlib import sha256

import msgspec

PATH = "/house-call"
HEADER = "Breachcheck-House-Call"
LIFE_S = 60
"""For how long a question may be asked, by either clock."""


class Arrival(msgspec.Struct, frozen=True):
    """How a request arrived: from whom and by what, as the site takes it; *peer* is who connected.

    *hops* trusted proxies vouch for *client*; *is_forwarded*: whether anybody at all said X-Forwarded-For.
    """

    client: str
    scheme: str
    host: str
    peer: str
    hops: int
    is_forwarded: bool


def new_question(app_key: bytes) -> str:
    """What is sent along under HEADER; never the same twice."""
    said = f"{int(time.time())}.{secrets.token_hex(16)}"
    return f"{said}.{_mac(app_key, 'question', said.encode())}"


def is_asked(app_key: bytes, question: str) -> bool:
    """Whether *question* was asked by who has the app key, and just now."""
    said, _, mac = question.rpartition(".")
    asked_at = said.partition(".")[0]
    if not hmac.compare_digest(mac.encode(), _mac(app_key, "question", said.encode()).encode()):
        return False
    return abs(time.time() - int(asked_at)) <= LIFE_S


def proof(app_key: bytes, question: str, answer: bytes) -> str:
    """What is said under HEADER with *answer*: that the site which has the app key gave it to this *question*."""
    return _mac(app_key, "answer", question.encode() + b"\0" + answer)


def is_proof(app_key: bytes, question: str, answer: bytes, said: str) -> bool:
    return hmac.compare_digest(said.encode(), proof(app_key, question, answer).encode())


def _mac(app_key: bytes, purpose: str, text: bytes) -> str:
    key = hmac.digest(app_key, f"breachcheck house call: {purpose}".encode(), sha256)
    return hmac.new(key, text, sha256).hexdigest()
