"""docs/worst-day.md, followed word for word: from a vendor's ugly zip to the right answer for ten people."""

import html
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck import config, data_classes
from breachcheck.services import Services, open_services
from breachcheck.web.app import create_app
from tests.cli.commands import breachcheck
from tests.drill import document, export
from tests.drill.document import Command, Edit
from tests.drill.people import IN_A_NOTE, NOBODY, TEN, Person
from tests.drill.terminal import Terminal
from tests.drill.truth import Truth

pytestmark = pytest.mark.slow

PREVIEWED, PUBLISHED = "9. Ask it what you know", "10. Publish it"
CANNOT_TELL = {"IP addresses"}
"""The letter names it, and it is in no file."""
NOT_IN_IT = {"Passwords"}
OTHERS = (NOBODY, IN_A_NOTE)

Groups = dict[str, set[str]]


@dataclass
class Drill:
    """How far one has come: what each step printed, and what is *told* of everyone, door by door."""

    truth: Truth
    terminal: Terminal
    printed: dict[str, str] = field(default_factory=dict)
    told: dict[str, dict[str, Groups]] = field(default_factory=dict)

    def do(self, heading: str, deeds: list[Command | Edit]) -> None:
        said = [self.terminal.type(one) for one in deeds if isinstance(one, Command) or self.terminal.change(one)]
        self.printed[heading] = "\n".join(said)

    @property
    def data(self) -> Path:
        return self.terminal.folder / "data"


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Drill:
    """The whole document, followed to its end; the doors are asked where it says so."""
    folder = tmp_path_factory.mktemp("worst")
    drill = Drill(export.make(folder), Terminal.at(folder))
    for heading, deeds in document.steps().items():
        drill.do(heading, deeds)
        if heading.startswith("2."):
            (folder / export.NAME).rename(drill.terminal.folder / export.NAME)
        elif heading == PREVIEWED:
            ask_preview(drill)
        elif heading == PUBLISHED:
            ask_all(drill)
    return drill


def opened(drill: Drill) -> Iterator[Services]:
    store = open_services(config.read(drill.data, {}))
    yield store
    store.close()


def ask_preview(drill: Drill) -> None:
    for store in opened(drill):
        client = create_app(store).test_client()
        sign_in(client)
        drill.told["public, while held"] = {one: groups_of(client, "/", one) for one in everyone()}
        drill.told["preview"] = {one: groups_of(client, "/admin/loads/1/preview", one) for one in everyone()}


def ask_all(drill: Drill) -> None:
    asked = "\n".join(everyone())
    answers = breachcheck("check", "--json", "--as", "public", "-", data=drill.data, stdin=asked).out.splitlines()
    drill.told["command line"] = dict(zip(everyone(), map(groups_in, answers), strict=True))
    for store in opened(drill):
        client = create_app(store).test_client()
        drill.told["page"] = {one: groups_of(client, "/", one) for one in everyone()}
        _, key = store.api_keys.create("drill", ["lookup"])
        drill.told["v1"] = {one: groups_in(ask_v1(client, key, one)) for one in everyone()}


def everyone() -> list[str]:
    return [*(one.asked.strip() for one in TEN), *OTHERS]


def ask_v1(client: FlaskClient, key: str, account: str) -> str:
    return client.post("/api/v1/lookup", json={"account": account}, headers={"Authorization": f"Bearer {key}"}).text


def groups_in(answer: str) -> Groups:
    """What one answer in JSON tells of its account; nothing where it was not found."""
    read = json.loads(answer)
    assert read["status"] == ("exposed" if read["exposures"] else "not_found")
    kinds = ("leaked", "not_leaked", "unknown", "owner_only", "not_exposed")
    return {kind: set(one[kind]) for one in read["exposures"] for kind in kinds}


def groups_of(client: FlaskClient, path: str, account: str) -> Groups:
    """The same, as a page tells it."""
    form = {"account": account}
    if path != "/":
        form["csrf_token"] = token(client, path)
    page = client.post(path, data=form, follow_redirects=True).text
    if "<title>Not found" in page:
        return {}
    assert "<title>Yes, " in page or "<title>We could not check" in page
    kinds = {"yours": "leaked", "not-yours": "not_leaked", "unknown": "unknown", "owner-only": "owner_only"}
    groups = {name: details(page, kind) for kind, name in kinds.items()} | {"not_exposed": details(page, "absent")}
    return groups if any(groups.values()) else {}


def details(page: str, kind: str) -> set[str]:
    """The data classes that a group of the page's card names."""
    found = re.search(rf'<div class="group {kind}">(.*?)</div>', page, re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL) if found else []
    words = (html.unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in lines)
    return {BY_WORDS[line.replace("Lumenpost ", "")] for line in words}


BY_WORDS = {
    words[0].upper() + words[1:]: one.name
    for one in data_classes.all_classes().values()
    for words in (one.plural, one.yours)
}


def token(client: FlaskClient, path: str) -> str:
    return re.findall(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[0]


def sign_in(client: FlaskClient) -> None:
    """As the document says, with the password that it says."""
    typed = next(
        one.typed for one in document.steps()[PREVIEWED] if isinstance(one, Command) and "operators" in one.text
    )
    form = {"name": "me", "password": typed.splitlines()[0], "csrf_token": token(client, "/admin/sign-in")}
    assert client.post("/admin/sign-in", data=form).status_code == 303


def right(drill: Drill, who: Person) -> Groups:
    leaked = drill.truth.of(who)
    return {
        "leaked": leaked,
        "not_leaked": drill.truth.classes() - leaked,
        "unknown": CANNOT_TELL,
        "owner_only": set(),
        "not_exposed": NOT_IN_IT,
    }


def test_the_installation_that_it_begins_with_is_there() -> None:
    assert "\nmake install\n" in document.PATH.read_text(encoding="utf-8")
    root = document.PATH.parents[1]
    assert subprocess.run(["make", "-n", "install"], cwd=root, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("door", ["preview", "command line", "page", "v1"])
@pytest.mark.parametrize("who", TEN, ids=lambda who: who.address.partition("@")[0])
def test_each_of_ten_people_is_told_each_kind_of_data_rightly(drill: Drill, door: str, who: Person) -> None:
    assert drill.told[door][who.asked.strip()] == right(drill, who)


@pytest.mark.parametrize("door", ["preview", "command line", "page", "v1"])
@pytest.mark.parametrize("account", OTHERS)
def test_nobody_is_found_who_is_not_in_it(drill: Drill, door: str, account: str) -> None:
    assert drill.told[door][account] == {}


def test_nobody_sees_it_before_it_is_published(drill: Drill) -> None:
    assert not any(drill.told["public, while held"].values())


def test_everyone_who_is_in_the_export_is_counted(drill: Drill) -> None:
    for store in opened(drill):
        tally = store.catalogue.published().get("Lumenpost").tally

        assert tally.people == drill.truth.people()
        assert sum(tally.rejected.values()) == drill.truth.rejected
        assert tally.coverage == {name: drill.truth.count(name) for name in drill.truth.classes()}


def test_every_rejected_record_is_listed(drill: Drill) -> None:
    listed = (drill.terminal.folder / "rejects.csv").read_text(encoding="utf-8").splitlines()

    assert len(listed) == 1 + drill.truth.rejected


def test_report_and_texts_are_written_and_name_nobody(drill: Drill) -> None:
    written = [(drill.terminal.folder / name).read_text(encoding="utf-8") for name in ("report.txt", "texts.txt")]

    assert all("Trackwell" in text for text in written)
    assert not any("@" in text for text in written)
