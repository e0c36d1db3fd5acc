"""What webhooks promise, held whatever receivers, clocks, workers and holders do: at least once, in order, signed."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from structlog.testing import capture_logs

from breachcheck.webhooks.hooking import Wish
from breachcheck.webhooks.messages import STEPS_ASIDE_AFTER
from tests.engines import ENGINES as ENGINES
from tests.hooked import HOOK, IMPATIENCE_S, NOW, PATIENCE_S, call, hook, hook_staff, hooked_store
from tests.receivers import receiving
from tests.stores import facts, published_breach
from tests.watched import HOLDER, watch, work

EMAIL = "Email addresses"
PEOPLE = tuple(f"canary{one}@example.com" for one in range(4))
NAMES = ("Shop", "Bank", "Club")
HOOKS = (HOOK, "catalogue")
MOODS = ("takes", "takes", "fails", "stalls", "late", "redirects", "drops", "floods", "gone", "busy")
DAY_S = 86_400


class Webhooks(RuleBasedStateMachine):
    """Two webhooks, of a watchlist and of the catalogue, each with a receiver of its own moods."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.opened.callback(shutil.rmtree, self.folder)
        self.logs = self.opened.enter_context(capture_logs())
        self.store = self.opened.enter_context(hooked_store(self.folder / "data"))
        self.receivers = {name: self.opened.enter_context(receiving()) for name in HOOKS}
        self.secrets: dict[str, list[str]] = {name: [] for name in HOOKS}
        self.now = NOW
        self.stepped_aside: set[str] = set()
        self.checked = dict.fromkeys(HOOKS, 0)

    @initialize()
    def begin(self) -> None:
        watch(self.store, *((f"e{n}", one) for n, one in enumerate(PEOPLE)))
        self.secrets[HOOK].append(hook_staff(self.store, self.receivers[HOOK]))
        self.secrets["catalogue"].append(hook(self.store, self.receivers["catalogue"], name="catalogue"))

    @rule(
        name=st.sampled_from(NAMES),
        people=st.sets(st.sampled_from(PEOPLE), min_size=1),
        moods=st.tuples(st.sampled_from(MOODS), st.sampled_from(MOODS)),
        seconds=st.sampled_from([1, 10, 400, 2500, DAY_S]),
    )
    def publish(self, name: str, people: set[str], moods: tuple[str, str], seconds: int) -> None:
        """And tell it, while the receivers are in these moods."""
        published_breach(self.store, facts(name=name, title=name), dict.fromkeys(sorted(people), (EMAIL,)))
        work(self.store)
        for hooked, mood in zip(HOOKS, moods, strict=True):
            self.receivers[hooked].mood = mood
        self.wait(seconds)

    @precondition(lambda self: self.store.catalogue.published().breaches)
    @rule()
    def withdraw(self) -> None:
        self.store.publishing.withdraw(self.store.catalogue.published().breaches[0].name, by="tests")
        work(self.store)

    @rule()
    def deliver(self) -> None:
        """Once each that is due."""
        for due in self.store.webhook_calls.round(self.now):
            mood = self.receivers[due.webhook.name].mood
            self.store.webhook_calls._patience_s = IMPATIENCE_S if mood in ("stalls", "late") else PATIENCE_S
            self.store.webhook_calls.deliver(due, self.now)

    @rule(seconds=st.sampled_from([1, 10, 400, 2500, DAY_S, 2 * DAY_S]))
    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.deliver()

    @rule(seconds=st.sampled_from([60, 3600, 30 * DAY_S]))
    def put_the_clock_back(self, seconds: int) -> None:
        self.now -= seconds

    @rule(is_sent=st.booleans())
    def kill_the_worker(self, is_sent: bool) -> None:
        """With a message in its hand, before it was sent or after; and start another."""
        published_breach(self.store, facts(name="Club", title="Club"), {PEOPLE[0]: (EMAIL,)})
        work(self.store)
        calls = self.store.webhook_calls
        for due in calls.round(self.now)[:1]:
            waiting = calls._messages.find(due.webhook.id, due.number)
            claimed = waiting and calls._messages.claim(waiting, now=self.now)
            body = claimed and calls._body(due.webhook, claimed)
            if is_sent and body and self.receivers[due.webhook.name].mood == "takes":
                calls._sent(due.webhook, claimed, body)
        calls.begin(self.now)

    @rule(name=st.sampled_from(HOOKS), overlap_s=st.sampled_from([0, DAY_S]))
    def rotate(self, name: str, overlap_s: int) -> None:
        self.receivers[name].hear_out()  # what was signed with the former secret
        secret = self.store.webhooks.rotate(HOLDER, name, overlap_s=overlap_s, by="tests")[1]
        self.secrets[name] = [*(self.secrets[name] if overlap_s else []), secret]

    @rule(name=st.sampled_from(HOOKS))
    def put_again(self, name: str) -> None:
        kind, subject = ("watchlist", "staff") if name == HOOK else ("catalogue", "")
        self.store.webhooks.put(HOLDER, name, Wish(self.receivers[name].url, kind, subject), by="tests")

    @rule()
    def change_keys(self) -> None:
        for key in self.store.api_keys.all():
            if key.revoked_at is None:
                self.store.api_keys.revoke(key.id)
        self.deliver()
        self.store.api_keys.create(HOLDER, ["watch", "catalogue"])

    @rule(name=st.sampled_from(HOOKS))
    def replay(self, name: str) -> None:
        self.store.webhooks.replay(HOLDER, name, None, by="tests")

    @invariant()
    def all_that_came_is_signed_in_its_place_and_holds_no_account(self) -> None:
        for name, receiver in self.receivers.items():
            new = receiver.heard[self.checked[name] :]
            self.checked[name] += len(new)
            assert all(any(one.is_signed_with(secret) for secret in self.secrets[name]) for one in new)
            assert {one.path for one in new} <= {"/hook"}
            assert not any(b"canary" in one.body or b"@" in one.body for one in new)

    @invariant()
    def note_what_stepped_aside(self) -> None:
        for view in self.store.webhooks.views():
            found, _ = self.store.webhooks.messages(HOLDER, view.webhook.name, cursor="", count=1000)
            if any(one.attempts >= STEPS_ASIDE_AFTER or one.state == "dead" for one in found):
                self.stepped_aside.add(view.webhook.name)

    def teardown(self) -> None:
        with self.opened:
            if self.secrets[HOOK]:
                self._mend_everything()
                for name in HOOKS:
                    self._require_all_of(name)
                assert "canary" not in str(self.logs)

    def _mend_everything(self) -> None:
        self.store.webhook_calls._patience_s = PATIENCE_S
        for name in HOOKS:
            self.receivers[name].mood = "takes"
            self.put_again(name)
            self.replay(name)
        for _ in range(12):
            call(self.store, self.now)
            self.now += 2 * DAY_S

    def _require_all_of(self, name: str) -> None:
        """The oracle: what the feed says, from its first page to its last."""
        what = "events" if name == HOOK else "changes"
        taken = [int(one["id"].rpartition("-")[2]) for heard in self.receivers[name].taken for one in _of(heard, what)]
        assert set(taken) == set(self._feed(name))
        if name not in self.stepped_aside:
            first = list(dict.fromkeys(taken))
            assert first == sorted(first)

    def _feed(self, name: str) -> list[int]:
        if name == HOOK:
            return [one.number for one in self.store.watch_feed.after(HOLDER, "staff", "", 10_000).events]
        return [one.number for _, one in self.store.changes.after(0, 10_000).changes]


def _of(heard, what):
    return heard.message["data"][what]


TestWebhooks = Webhooks.TestCase
TestWebhooks.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    phases=[Phase.explicit, Phase.generate],  # shrinking what sleeps would take many minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
