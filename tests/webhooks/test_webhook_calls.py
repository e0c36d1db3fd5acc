"""Webhook calls: what is new reaches its receiver, at least once and in order, whatever the receiver does."""

import json

import pytest

from breachcheck.webhooks.calls import AGAIN_AFTER_S, HASTE_S, JITTER, LONGEST_ASKED_S, MOST_ATTEMPTS
from breachcheck.webhooks.hooking import Wish
from breachcheck.webhooks.messages import KEEP_DEAD_S, KEEP_DELIVERED_S, MOST_WAITING, STEPS_ASIDE_AFTER
from tests.engines import ENGINES as ENGINES
from tests.hooked import (
    HOOK,
    NOW,
    PATIENCE_S,
    call,
    changes_in,
    events_in,
    hook,
    hook_staff,
    hooked_store,
    log,
    publish,
    states,
    taken_changes,
)
from tests.patience import eventually
from tests.stores import SHOP, held_breach
from tests.watched import HOLDER, watch, work

EMAIL = "Email addresses"
NAMES = "Names"
ANN = "ann@example.com"
BOB = "bob@example.com"
LONGEST = 1 + JITTER


class TestWhatArrives:
    def test_a_change_of_the_catalogue_arrives_signed(self, store, receiver):
        secret = hook(store, receiver)
        publish(store, "Shop")
        call(store)

        (heard,) = receiver.heard
        assert heard.is_signed_with(secret)
        assert not heard.is_signed_with("whsec_" + "A" * 43)
        assert heard.message["type"] == "catalogue.changes"
        assert heard.message["data"]["cursor"] == "1"
        (change,) = heard.message["data"]["changes"]
        assert (change["change"], change["breach"]) == ("published", {"name": "Shop", "title": "The Shop"})
        assert states(store) == ["delivered"]

    def test_an_event_of_a_watchlist_arrives_as_its_feed_tells_it(self, store, receiver):
        watch(store, ("e1", ANN))
        secret = hook_staff(store, receiver)
        publish(store, "Shop")
        work(store)
        call(store)

        (heard,) = receiver.heard
        page = store.watch_feed.after(HOLDER, "staff", "", 10)
        assert heard.is_signed_with(secret)
        assert heard.message["type"] == "watchlist.exposures"
        assert heard.message["data"]["watchlist"] == "staff"
        assert heard.message["data"]["cursor"] == page.cursor
        assert events_in(heard) == [("exposed", "e1", "Shop")]

    def test_nothing_that_was_there_before_it_is_told(self, store, receiver):
        publish(store, "Shop")
        hook(store, receiver)
        publish(store, "Bank")
        call(store)

        assert taken_changes(receiver) == ["Bank"]

    def test_from_a_cursor_on_nothing_is_left_out(self, store, receiver):
        watch(store, ("e1", ANN), ("e2", BOB))
        publish(store, "Shop", people=(ANN, BOB))
        work(store)
        cursor = store.watch_feed.after(HOLDER, "staff", "", 1).cursor
        hook_staff(store, receiver, cursor=cursor)
        call(store)

        assert events_in(receiver.heard[0]) == [("exposed", "e2", "Shop")]

    def test_many_events_come_in_pages_one_after_the_other(self, store, receiver):
        people = {f"e{one}": f"p{one}@example.com" for one in range(120)}
        watch(store, *people.items())
        hook_staff(store, receiver)
        publish(store, "Shop", people=people.values())
        work(store)
        call(store)

        ids = [one["id"] for heard in receiver.heard for one in heard.message["data"]["events"]]
        assert [len(heard.message["data"]["events"]) for heard in receiver.heard] == [50, 50, 20]
        assert [int(one.partition("-")[2]) for one in ids] == list(range(1, 121))

    def test_a_watchlist_that_is_made_anew_is_told_from_its_beginning(self, store, receiver):
        publish(store, "Shop")
        watch(store, ("e1", ANN))
        hook_staff(store, receiver)
        store.watching.delete(HOLDER, "staff")
        call(store)
        watch(store, ("e7", ANN))
        call(store)

        assert [events_in(one) for one in receiver.heard] == [[("exposed", "e7", "Shop")]]

    def test_a_test_says_nothing_and_is_tried_once(self, store, receiver):
        secret = hook(store, receiver)
        store.webhooks.test(HOLDER, HOOK)
        call(store)
        receiver.mood = "fails"
        store.webhooks.test(HOLDER, HOOK)
        call(store)

        assert receiver.heard[0].is_signed_with(secret)
        assert receiver.heard[0].message["data"] == {"webhook": HOOK}
        assert states(store) == ["delivered", "dead"]
        assert store.webhooks.view(HOLDER, HOOK).counts.dead == 0

    def test_a_demo_says_that_it_is_one(self, tmp_path, receiver):
        with hooked_store(tmp_path / "demo", is_demo=True) as demo:
            hook(demo, receiver)
            publish(demo, "Shop")
            call(demo)

        data = receiver.heard[0].message["data"]
        assert (data["demo"], data["changes"][0]["breach"]["title"]) == (True, "The Shop (demo)")


class TestTryingAgain:
    @pytest.mark.parametrize("mood", ["fails", "stalls", "late", "redirects", "drops", "floods"])
    def test_what_was_not_taken_in_time_comes_again_under_the_same_id(self, store, receiver, mood):
        secret = hook(store, receiver)
        receiver.mood, receiver.late_s = mood, PATIENCE_S
        store.webhook_calls._patience_s = 3.0 if mood in ("stalls", "late") else PATIENCE_S
        publish(store, "Shop")
        call(store)
        assert eventually(lambda: receiver.heard)
        receiver.mood, store.webhook_calls._patience_s = "takes", PATIENCE_S
        nothing = call(store)
        call(store, NOW + 10)

        assert nothing == 0
        assert len(receiver.heard) == 2
        assert {one.path for one in receiver.heard} == {"/hook"}
        assert {one.id for one in receiver.heard} == {receiver.heard[0].id}
        assert all(one.is_signed_with(secret) for one in receiver.heard)
        assert receiver.heard[0].body == receiver.heard[1].body
        assert states(store) == ["delivered"]

    def test_it_is_tried_later_and_later_and_then_given_up_where_people_see_it(self, store, receiver):
        hook(store, receiver)
        receiver.mood = "fails"
        publish(store, "Shop")
        call(store)
        now = NOW
        for wait in AGAIN_AFTER_S:
            assert call(store, now + int(wait * (1 - JITTER)) - 1) == 0
            now += int(wait * LONGEST) + 1
            assert call(store, now) == 1

        (message,) = log(store)
        assert (message.state, message.attempts, message.status) == ("dead", MOST_ATTEMPTS, 500)
        assert call(store, now + 10 * AGAIN_AFTER_S[-1]) == 0
        assert [one.webhook.name for one in store.webhooks.in_trouble()] == [HOOK]

    def test_what_was_given_up_can_be_replayed(self, store, receiver):
        self.test_it_is_tried_later_and_later_and_then_given_up_where_people_see_it(store, receiver)
        receiver.mood = "takes"
        queued = store.webhooks.replay(HOLDER, HOOK, None, by="tests")
        call(store, NOW + 10**7)

        assert queued == 1
        assert states(store) == ["delivered"]
        assert len(set(receiver.ids)) == 1
        assert store.webhooks.in_trouble() == []

    def test_what_was_delivered_can_be_replayed_too(self, store, receiver):
        hook(store, receiver)
        publish(store, "Shop")
        call(store)
        (message,) = log(store)
        queued = store.webhooks.replay(HOLDER, HOOK, [message.id], by="tests")
        call(store)

        assert queued == 1
        assert receiver.ids == [message.id] * 2

    def test_a_receiver_that_asks_to_wait_is_given_the_time_but_no_more_than_a_day(self, store, receiver):
        hook(store, receiver)
        receiver.mood, now = "busy", NOW
        publish(store, "Shop")
        for asked, waits in (("3600", 3600), ("99999999999999", LONGEST_ASKED_S), ("tomorrow", 0), ("\xb2", 0)):
            receiver.headers = {"Retry-After": asked}
            call(store, now)
            (message,) = log(store)
            assert waits <= message.next_try_at - now <= max(waits, AGAIN_AFTER_S[message.attempts - 1] * LONGEST)
            now = message.next_try_at

    def test_when_the_clock_was_put_back_it_is_tried_at_once(self, store, receiver):
        hook(store, receiver)
        receiver.mood = "fails"
        publish(store, "Shop")
        call(store)
        receiver.mood = "takes"
        call(store, NOW - 10**6)

        assert states(store) == ["delivered"]

    def test_what_waits_is_known_on_the_disk_to_be_under_way(self, store, receiver):
        hook(store, receiver)
        seen = []
        receiver.on_call = lambda: seen.extend(states(store))
        publish(store, "Shop")
        call(store)

        assert seen == ["sending"]

    def test_old_messages_are_forgotten(self, store, receiver):
        hook(store, receiver)
        publish(store, "Shop")
        call(store)
        store.webhook_calls.sweep(NOW + KEEP_DELIVERED_S)
        kept = states(store)
        store.webhook_calls.sweep(NOW + KEEP_DELIVERED_S + 1)

        assert kept == ["delivered"]
        assert states(store) == []
        assert KEEP_DEAD_S > KEEP_DELIVERED_S


class TestOrder:
    def test_what_comes_later_waits_while_the_first_is_tried(self, store, receiver):
        hook(store, receiver)
        receiver.mood = "fails"
        publish(store, "A")
        call(store)
        publish(store, "B", "C")
        call(store)
        receiver.mood = "takes"
        call(store, NOW + 10)

        assert taken_changes(receiver) == ["A", "B", "C"]

    def test_what_the_receiver_never_takes_steps_aside_and_the_rest_comes(self, store, receiver):
        hook(store, receiver)
        receiver.refuses = lambda heard: "A" in changes_in(heard)
        publish(store, "A")
        now = NOW
        for wait in AGAIN_AFTER_S[: STEPS_ASIDE_AFTER - 1]:
            call(store, now)
            publish(store, f"B{wait}")
            now += int(wait * LONGEST) + 1
        before = taken_changes(receiver)
        call(store, now)

        assert before == []
        assert taken_changes(receiver) == ["B5", "B300"]
        assert states(store) == ["queued", "delivered"]

    def test_what_stepped_aside_is_tried_soon_once_the_receiver_takes_something(self, store, receiver):
        self.test_what_the_receiver_never_takes_steps_aside_and_the_rest_comes(store, receiver)
        (aside, *_) = log(store)
        receiver.refuses = lambda _: False
        call(store, aside.tried_at + HASTE_S)

        assert taken_changes(receiver)[-1] == "A"
        assert states(store) == ["delivered"] * 2

    def test_a_receiver_that_is_down_for_long_has_few_messages_waiting_and_loses_none(self, store, receiver):
        hook(store, receiver)
        receiver.mood = "fails"
        now, names = NOW, [f"B{one}" for one in range(MOST_WAITING + 5)]
        for name in names:
            publish(store, name)
            for _ in range(STEPS_ASIDE_AFTER):
                call(store, now := now + 400)
        waiting = len(states(store))
        receiver.mood = "takes"
        for _ in range(30):
            call(store, now := now + 24 * 3600)

        assert waiting == MOST_WAITING
        assert sorted(set(taken_changes(receiver))) == sorted(names)
        assert set(states(store)) <= {"delivered"}


class TestGone:
    def test_a_receiver_that_is_gone_is_called_no_more_until_it_is_put_again(self, store, receiver):
        hook(store, receiver)
        receiver.mood = "gone"
        publish(store, "A")
        call(store)
        publish(store, "B")
        receiver.mood = "takes"
        nothing = call(store, NOW + 10**6)
        state = store.webhooks.view(HOLDER, HOOK).state
        store.webhooks.put(HOLDER, HOOK, Wish(receiver.url, "catalogue"), by="tests")
        call(store)

        assert (nothing, state) == (0, "gone")
        assert taken_changes(receiver) == ["A", "B"]

    def test_one_that_is_put_again_while_it_says_so_goes_on(self, store, receiver):
        hook(store, receiver)
        receiver.mood = "gone"
        receiver.on_call = lambda: store.webhooks.put(
            HOLDER, HOOK, Wish(receiver.url + "?new", "catalogue"), by="tests"
        )
        publish(store, "A")
        store.webhook_calls.deliver(store.webhook_calls.round(NOW)[0], NOW)
        receiver.mood = "takes"
        call(store, NOW + 10)

        assert store.webhooks.view(HOLDER, HOOK).state == "active"
        assert taken_changes(receiver) == ["A"]

    @pytest.mark.parametrize("mood", ["takes", "fails", "gone"])
    def test_one_that_is_deleted_while_it_is_called_leaves_nothing_behind(self, store, receiver, mood):
        hook(store, receiver)
        receiver.mood = mood
        receiver.on_call = lambda: store.webhooks.delete(HOLDER, HOOK, by="tests")
        publish(store, "A")
        call(store)

        rows = [store.databases[1].query(f"SELECT * FROM {one}") for one in ("webhook", "webhook_message")]
        assert rows == [[], []]
        assert call(store, NOW + 10**6) == 0

    def test_one_of_the_same_name_is_another(self, store, receiver):
        first = hook(store, receiver)
        publish(store, "A")
        call(store)
        store.webhooks.delete(HOLDER, HOOK, by="tests")
        second = hook(store, receiver)
        publish(store, "B")
        call(store)

        assert first != second
        assert len(set(receiver.ids)) == 2
        assert receiver.heard[1].is_signed_with(second)


def test_a_message_is_small_and_json(store, receiver):
    people = {f"e{one}": f"p{one}@example.com" for one in range(50)}
    watch(store, *people.items())
    hook_staff(store, receiver)
    held = held_breach(store, SHOP, dict.fromkeys(people.values(), (EMAIL, NAMES)))
    store.publishing.publish(held, by="tests")
    work(store)
    call(store)

    assert len(receiver.heard[0].body) < 25_000
    assert json.loads(receiver.heard[0].body)["data"]["events"][0]["leaked"] == [EMAIL, NAMES]
