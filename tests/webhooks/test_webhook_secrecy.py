"""What leaves by webhooks: what the holder may be told at that moment, signed, and nothing of anybody else."""

from dataclasses import replace

from breachcheck.addresses import Domain, canonical
from breachcheck.domains import Way
from breachcheck.services import open_services
from breachcheck.suppressions import Level
from tests.engines import ENGINES as ENGINES
from tests.hooked import (
    HOOK,
    NOW,
    call,
    events_in,
    hook,
    hook_staff,
    hooked_store,
    log,
    publish,
    taken_changes,
)
from tests.stores import facts, published_breach
from tests.watched import HOLDER, watch, work

ANN = "ann@example.com"
BOB = "bob@example.com"


class TestWhatNeverLeaves:
    def test_neither_a_body_nor_a_table_nor_a_log_holds_an_account(self, store, receiver, capsys):
        canary = "canary.of.webhooks@example.com"
        digest = str(store.digester.of_address(canonical(canary)))
        watch(store, ("e1", canary))
        hook_staff(store, receiver)
        hook(store, receiver, name="catalogue")
        receiver.mood = "fails"
        publish(store, "Shop", people=(canary,))
        work(store)
        call(store)
        receiver.mood = "takes"
        call(store, NOW + 10)

        rows = store.databases[1].query("SELECT * FROM webhook_message")
        everything = [str(dict(one)) for one in rows] + [one.body.decode() + str(one.headers) for one in receiver.heard]
        everything.append(capsys.readouterr().out)
        assert len(receiver.taken) == 2
        assert [text for text in everything if "canary" in text or digest in text or "@example" in text] == []

    def test_what_was_put_off_says_nothing_of_who_opted_out_since(self, store, receiver):
        watch(store, ("e1", ANN), ("e2", BOB))
        hook_staff(store, receiver)
        receiver.mood = "fails"
        publish(store, "Shop", people=(ANN, BOB))
        work(store)
        call(store)
        store.opt_outs.opt_out(store.digester.of_address(canonical(ANN)), Level.HIDE)
        receiver.mood = "takes"
        call(store, NOW + 10)

        assert events_in(receiver.taken[0]) == [("exposed", "e2", "Shop")]

    def test_what_may_tell_nothing_any_more_is_dropped_without_a_trace(self, store, receiver):
        watch(store, ("e1", ANN))
        hook_staff(store, receiver)
        receiver.mood = "fails"
        publish(store, "Shop")
        work(store)
        call(store)
        store.opt_outs.opt_out(store.digester.of_address(canonical(ANN)), Level.HIDE)
        receiver.mood = "takes"
        call(store, NOW + 10)

        assert len(receiver.heard) == 1
        assert log(store) == []

    def test_a_sensitive_breach_is_told_to_the_key_that_may_ask_of_it_and_to_no_webhook(self, store, receiver):
        key, _ = store.api_keys.create(HOLDER, ["watch", "domains", "lookup:sensitive"])
        claim = store.domains.begin(key.id, Domain("example.com"), now=NOW)
        store.domains.note_proved(claim, Way.DNS, now=NOW)
        watch(store, ("e1", ANN))
        hook_staff(store, receiver)
        published_breach(store, facts(name="Whisper", is_sensitive=True), {ANN: ["Email addresses"]})
        work(store)
        call(store)
        publish(store, "Shop")
        work(store)
        call(store)

        told = store.watch_feed.after(HOLDER, "staff", "", 10, store.watch_rights.of_key(key)).events
        assert [one.news.breach for one in told] == ["Whisper", "Shop"]
        assert [events_in(one) for one in receiver.heard] == [[("exposed", "e1", "Shop")]]

    def test_secrets_and_addresses_are_encrypted(self, store, receiver):
        secret = hook(store, receiver)
        (row,) = store.databases[1].query("SELECT sealed FROM webhook")

        assert secret.encode() not in row["sealed"]
        assert b"127.0.0.1" not in row["sealed"]

    def test_nothing_is_told_when_no_key_of_the_holder_opens_it(self, store, receiver):
        hook(store, receiver)
        store.api_keys.revoke(1)
        store.api_keys.create(HOLDER, ["catalogue"], expires_at=NOW)
        store.api_keys.create(HOLDER, ["lookup"])
        store.api_keys.create("another", ["catalogue"])
        publish(store, "Shop")
        made = call(store)
        store.api_keys.create(HOLDER, ["catalogue"])
        call(store)

        assert made == 0
        assert taken_changes(receiver) == ["Shop"]

    def test_nothing_goes_to_where_an_operator_allows_it_no_more(self, tmp_path, receiver):
        with hooked_store(tmp_path / "data") as before:
            hook(before, receiver)
        after = open_services(replace(before.config, outbound_allowed=()))
        publish(after, "Shop")
        call(after)
        (message,) = log(after)
        after.close()

        assert receiver.heard == []
        assert message.failure is not None
        assert "outbound_allowed" in message.failure


class TestSecrets:
    def test_a_former_secret_signs_too_until_its_time_is_over(self, store, receiver):
        first = hook(store, receiver)
        publish(store, "A")
        call(store)
        _, second = store.webhooks.rotate(HOLDER, HOOK, overlap_s=3600, by="tests")
        publish(store, "B")
        call(store)
        _, third = store.webhooks.rotate(HOLDER, HOOK, overlap_s=0, by="tests")
        publish(store, "C")
        call(store)

        signed = [[one.is_signed_with(secret) for secret in (first, second, third)] for one in receiver.heard]
        assert signed == [[True, False, False], [True, True, False], [True, False, True]]
        assert [len(one.signatures) for one in receiver.heard] == [1, 2, 2]

    def test_what_waits_is_signed_with_the_secret_of_its_next_try(self, store, receiver):
        first = hook(store, receiver)
        receiver.mood = "fails"
        publish(store, "A")
        call(store)
        _, second = store.webhooks.rotate(HOLDER, HOOK, by="tests")
        receiver.mood = "takes"
        call(store, NOW + 10)

        assert receiver.heard[0].is_signed_with(first)
        assert receiver.heard[1].is_signed_with(first)
        assert receiver.heard[1].is_signed_with(second)
        assert receiver.heard[0].body == receiver.heard[1].body
