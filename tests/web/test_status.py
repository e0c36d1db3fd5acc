"""/status: what it says is so, also where nothing else can be said; and a visitor who says so is counted, not known."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.health.performance import Noted
from breachcheck.services import Services
from breachcheck.web.app import create_app
from breachcheck.web.status import COMPLAINTS_A_MINUTE
from tests.engines import ENGINES as ENGINES
from tests.stores import break_catalogue, break_index, new_store

WORKING, NOT_WORKING = "<h1>The site is working</h1>", "We cannot answer right now"
NEITHER = "This is not a yes, and it is not a no."
PROBLEM = "There is a known problem with this site."
SINCE_HOURS = re.compile(r"<th scope=\"row\">([^<]*)</th>((?:<td[^>]*>[^<]*</td>)*)")


def now(store: Services) -> int:
    seen = store.site_status.seen()
    assert seen
    return seen.read_at


def record(store: Services, minutes_ago: int = 1, **numbers: int) -> None:
    minute = (now(store) // 60 - minutes_ago) * 60
    store.performance.add({Noted(minute, what): number for what, number in numbers.items()})
    store.site_status.look_anew()


def open_incident(store: Services) -> None:
    store.incidents.open("Answers are slow", "We look into it.\nSoon more.", by="tests", at=now(store))
    store.site_status.look_anew()


def table(page: str) -> dict[str, list[str]]:
    """What the record says of each window."""
    rows = SINCE_HOURS.findall(page)
    return {about: re.findall(r">([^<]*)</td>", cells.replace("\xa0", " ")) for about, cells in rows}


def test_a_site_that_can_answer_says_so_for_people_and_for_programs(loaded: Services, client: FlaskClient) -> None:
    page, told = client.get("/status"), client.get("/status.json")

    assert (page.status_code, told.status_code) == (200, 200)
    assert WORKING in page.text
    assert told.json is not None
    assert told.json["can_answer"] is True
    assert told.json["index"]["breaches"] == 2
    assert told.json["index"]["generation"] == loaded.catalogue.generation()
    assert told.json["index"]["newest_added"].endswith("Z")
    assert told.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("broken", [break_index, break_catalogue])
def test_a_site_that_cannot_answer_says_so_and_what_it_last_knew(
    loaded: Services, client: FlaskClient, broken: Callable[[Services], None]
) -> None:
    open_incident(loaded)
    client.get("/status")
    broken(loaded)
    page, told = client.get("/status"), client.get("/status.json")

    assert (page.status_code, told.status_code) == (503, 503)
    assert NOT_WORKING in page.text
    assert NEITHER in page.text
    assert "is working" not in page.text
    assert "can be checked" not in page.text
    assert "What stands below is what we last saw, on " in page.text
    assert "Answers are slow" in page.text
    assert told.json is not None
    assert (told.json["can_answer"], len(told.json["incidents"])) == (False, 1)


def test_a_site_that_never_saw_its_store_says_nothing_but_that(loaded: Services, client: FlaskClient) -> None:
    break_catalogue(loaded)
    page, told = client.get("/status"), client.get("/status.json")

    assert NOT_WORKING in page.text
    assert "What stands below" not in page.text
    assert "<table" not in page.text
    assert told.json is not None
    assert told.json.keys() == {"can_answer", "asked_at", "as_of"}


def test_a_record_is_told_as_it_is(loaded: Services, client: FlaskClient) -> None:
    numbers = {"answered": 989, "could_not_check": 11, "within 5": 900, "within 20": 89}
    minute = now(loaded) // 60 * 60 - 60
    loaded.performance.add({Noted(minute, what): number for what, number in numbers.items()})
    record(loaded, watched=1)
    rows = table(client.get("/status").text)
    told = client.get("/status.json").json

    assert [cells[0] for cells in rows.values()] == ["2%", "100%", "1%", "5 ms", "20 ms"]
    assert rows["Look-ups that failed"] == ["1%"] * 3
    assert told is not None
    hour = told["record"][0]
    assert (hour["minutes"], hour["minutes_on_record"], hour["minutes_out_of_reach"]) == (59, 1, 0)
    assert (hour["failed_share"], hour["median_within_ms"], hour["p99_within_ms"]) == (0.011, 5, 20)


@pytest.mark.engines("sqlite")
def test_where_there_is_no_record_nothing_is_said_to_be_well(loaded: Services, client: FlaskClient) -> None:
    page = client.get("/status").text

    assert table(page) == {}
    assert "There is no record yet, so we do not know how it was." in page


@pytest.mark.engines("sqlite")
def test_of_a_time_without_a_record_it_says_that(loaded: Services, client: FlaskClient) -> None:
    record(loaded, 100, watched=1)
    rows = table(client.get("/status").text)

    assert {about: cells[0] for about, cells in rows.items() if about != "Time on record"} == {
        "Look-ups could be answered": "no record",
        "Look-ups that failed": "no record",
        "Half were answered within": "no record",
        "99 of 100 were answered within": "no record",
    }
    assert rows["Look-ups could be answered"][1:] == ["100%", "100%"]


@pytest.mark.engines("sqlite")
def test_where_nobody_asked_nothing_is_said_to_be_fast(loaded: Services, client: FlaskClient) -> None:
    record(loaded, watched=1)
    rows = table(client.get("/status").text)

    assert rows["Look-ups could be answered"][0] == "100%"
    assert rows["Look-ups that failed"][0] == "nobody asked"
    assert rows["Half were answered within"][0] == "nobody asked"


@pytest.mark.engines("sqlite")
def test_one_minute_out_of_reach_is_never_rounded_away(loaded: Services, client: FlaskClient) -> None:
    minute = now(loaded) // 60 * 60
    loaded.performance.add({Noted(minute - 60 * place, "watched"): 1 for place in range(1, 700)})
    loaded.performance.add({Noted(minute - 600, "out of reach"): 1})
    record(loaded, answered=100_000, could_not_check=1)
    rows = table(client.get("/status").text)

    assert rows["Look-ups could be answered"][1] == "99%"
    assert rows["Look-ups that failed"][1] == "&lt; 1%"


def test_while_an_incident_is_open_every_page_leads_to_it(loaded: Services, client: FlaskClient) -> None:
    paths = ("/", "/breaches", "/how-it-works", "/nope")
    assert [PROBLEM in client.get(path).text for path in paths] == [False] * 4

    open_incident(loaded)
    page = client.get("/status").text

    assert [PROBLEM in client.get(path).text for path in paths] == [True] * 4
    assert "The site is working, with a known problem" in page
    assert "We are looking into it" in page
    assert '<p dir="auto">We look into it.</p><p dir="auto">Soon more.</p>' in page


def test_an_incident_that_is_over_is_told_as_that(loaded: Services, client: FlaskClient) -> None:
    open_incident(loaded)
    loaded.incidents.update(loaded.incidents.since(0)[0].id, "resolved", "It has room.", by="tests", at=now(loaded))
    loaded.site_status.look_anew()
    page = client.get("/status").text

    assert WORKING in page
    assert "Solved in the last 14 days" in page
    assert "It has room." in page
    assert PROBLEM not in page


@pytest.mark.engines("sqlite")
def test_what_an_operator_wrote_is_text_and_no_markup(loaded: Services, client: FlaskClient) -> None:
    loaded.incidents.open("<b>Bold</b>", "**Stars** <script>", by="tests", at=now(loaded))
    loaded.site_status.look_anew()
    page = client.get("/status").text

    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert "**Stars** &lt;script&gt;" in page


@pytest.mark.engines("sqlite")
def test_a_visitor_for_whom_it_does_not_work_is_counted_and_thanked(loaded: Services, client: FlaskClient) -> None:
    response = client.post("/status/complaint")

    assert (response.status_code, response.headers["Location"]) == (303, "/status?told=counted")
    assert "Thank you. We counted it." in client.get("/status?told=counted").text
    assert loaded.measures.counts().complaints == 1
    assert "Set-Cookie" not in response.headers


@pytest.mark.engines("sqlite")
def test_whoever_presses_often_is_counted_a_few_times_and_told_so(loaded: Services, client: FlaskClient) -> None:
    said = [client.post("/status/complaint").headers["Location"] for _ in range(COMPLAINTS_A_MINUTE + 1)]

    assert said[-2:] == ["/status?told=counted", "/status?told=again"]
    assert "We have counted you already." in client.get(said[-1]).text
    assert loaded.measures.counts().complaints == COMPLAINTS_A_MINUTE


@pytest.mark.engines("sqlite")
def test_nobody_can_have_the_visitors_of_another_site_complain(loaded: Services, client: FlaskClient) -> None:
    response = client.post("/status/complaint", headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 400
    assert loaded.measures.counts().complaints == 0


@pytest.mark.engines("sqlite")
def test_a_visitor_is_counted_also_where_the_store_is_out_of_reach(loaded: Services, client: FlaskClient) -> None:
    break_catalogue(loaded)

    assert client.post("/status/complaint").status_code == 303
    assert loaded.measures.counts().complaints == 1


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("complaints", "said"), [(0, None), (1, "once."), (7, "7 times.")])
def test_how_often_it_was_pressed_is_said_where_it_was(
    loaded: Services, client: FlaskClient, complaints: int, said: str | None
) -> None:
    record(loaded, complaints=complaints)
    page = client.get("/status").text

    assert ("In the last hour it was pressed" in page) is (said is not None)
    assert said is None or f"it was pressed {said}" in page


@pytest.fixture
def behind_a_proxy(tmp_path: Path) -> Iterator[FlaskClient]:
    store = new_store(tmp_path / "behind", trusted_proxies="127.0.0.1")
    yield create_app(store).test_client()
    store.close()


UUID = "2f1C8d50-0d4e-4f0b-9d5a-3f8f0e6b7a11"


@pytest.mark.engines("sqlite")
def test_a_request_is_named_as_the_trusted_proxy_names_it(behind_a_proxy: FlaskClient) -> None:
    said = [behind_a_proxy.get("/nope", headers={"X-Request-Id": given}) for given in (UUID, "0" * 32)]

    assert [one.headers["X-Request-Id"] for one in said] == [UUID.lower(), "0" * 32]
    assert UUID.lower() in said[0].text


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("given", ["ann@example.com", "0" * 31, f"{UUID}0", "a b", "", "<b>", f"{UUID},{UUID}"])
def test_what_is_no_id_is_not_taken_for_one(behind_a_proxy: FlaskClient, given: str) -> None:
    response = behind_a_proxy.get("/healthz", headers={"X-Request-Id": given})

    assert re.fullmatch("[0-9a-f]{16}", response.headers["X-Request-Id"])


@pytest.mark.engines("sqlite")
def test_nobody_else_names_a_request(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": UUID}).headers["X-Request-Id"] != UUID.lower()


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("path", ["/nope", "/demo/could-not-check", "/breaches/none"])
def test_an_error_page_has_the_number_that_the_log_knows_it_by(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert f"<code>{response.headers['X-Request-Id']}</code>" in response.text


@pytest.mark.engines("sqlite")
def test_the_page_of_a_broken_store_has_it_too(loaded: Services, client: FlaskClient) -> None:
    break_catalogue(loaded)
    response = client.get("/")

    assert response.status_code == 503
    assert f"<code>{response.headers['X-Request-Id']}</code>" in response.text
