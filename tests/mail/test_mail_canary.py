"""The canary: whatever happens to a mail, its address is nowhere in the data folder but encrypted."""

import base64
import json

import pytest
from structlog.testing import capture_logs

from breachcheck.errors import MailDeferred, MailInDoubt, MailRefused, MailUnreachable
from breachcheck.mail import postman
from breachcheck.services import Services
from ingest import worker
from tests.cli.servers import free_port
from tests.engines import CHOSEN
from tests.engines import ENGINES as ENGINES
from tests.mails import Mailing, after_this_test
from tests.stores import SHOP, new_store, published_breach

CANARY = "Canary.Yellow@example.com"
EMAIL = "Email addresses"


def forms(account: str) -> set[bytes]:
    """How an address may lie about without being read at once."""
    found = set()
    for text in (account, account.lower(), account.partition("@")[0], account.partition("@")[0].lower()):
        content = text.encode()
        found |= {content, text.encode("utf-16-le"), content.hex().encode(), json.dumps(text)[1:-1].encode()}
        found |= {base64.b64encode(content)[:-4], base64.urlsafe_b64encode(content)[:-4]}
    return found


def places_with(account: str, store: Services) -> list[str]:
    """Files of the data folder; on PostgreSQL tables, and what the server writes down, too."""
    files = [(path.name, path.read_bytes()) for path in store.config.data.rglob("*") if path.is_file()]
    kept = files + (CHOSEN.postgres.all_of(store.config.database) if CHOSEN.postgres and store.config.database else [])
    return [name for name, content in kept if any(form in content for form in forms(account))]


@pytest.fixture
def it(tmp_path):
    settings = {"mail": "smtp", "mail_from": "no-reply@check.example", "public_url": "https://check.example"}
    store = new_store(tmp_path / "data", **settings, smtp_host="127.0.0.1", smtp_port=free_port(), smtp_security="none")
    one = Mailing(store)
    one.clock.now = after_this_test()
    yield one
    store.close()


FAULTS = [MailDeferred("451"), MailRefused("550"), MailInDoubt("in doubt"), MailUnreachable("gone"), None]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_an_address_lies_nowhere_in_clear_whatever_becomes_of_its_mails(it, fault, monkeypatch):
    if fault:

        def failing(_envelope):
            raise fault

        monkeypatch.setattr(it.post.delivery._transport, "hand_over", failing, raising=False)
    published_breach(it.store, SHOP, {CANARY: [EMAIL]})
    with capture_logs() as logs:
        it.post.owner_links.ask(CANARY, "nonce")
        it.post.subscribers.ask(CANARY, language="en")
        asked = places_with(CANARY, it.store)
        it.subscribed(CANARY)
        it.post.notify.tell("Shop", by="tests")
        for step in range(3):
            worker.run_one(it.store)
            postman.go_round(it.post, it.post.delivery, it.clock.now + step * 100)

    assert asked == []
    assert places_with(CANARY, it.store) == []
    assert logs
    assert not any(form in str(logs).encode() for form in forms(CANARY))


def test_the_canary_would_be_found(it):
    it.store.databases[1].execute(
        "INSERT INTO audit (id, at, actor, action, subject) VALUES (99, 1, 'x', 'y', :it)", {"it": CANARY}
    )

    assert places_with(CANARY, it.store)


def test_in_the_outbox_folder_it_stands_in_the_mails_it_was_asked_to_write_and_nowhere_else(tmp_path):
    it = Mailing(new_store(tmp_path / "data", mail="outbox"))
    it.post.owner_links.ask(CANARY, "nonce")
    it.rounds()
    found = places_with(CANARY, it.store)
    it.store.close()

    assert found == ["00000001.eml"]
