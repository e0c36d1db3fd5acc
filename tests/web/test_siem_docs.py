"""docs/siem.md: its samples, replayed on what the API really answers."""

import configparser
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, published_breach

DOCS = (Path(__file__).parents[2] / "docs" / "siem.md").read_text()
STAFF = "account,ref\nalice@example.com,e-1\nno@example.com,e-2\nno address,e-3\n"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)


@pytest.fixture
def lines(store: Services) -> list[str]:
    """What the documented request answers, twice over: two days of it."""
    published_breach(store, SHOP, {"alice@example.com": ["Email addresses", "Names"]})
    headers = {"Authorization": f"Bearer {store.api_keys.create('siem', ['batch'])[1]}"}
    [path] = re.findall(r'"http://127\.0\.0\.1:8000(/[^"]+)"', DOCS)
    [media_type] = re.findall(r"Content-Type: ([\w/-]+)", DOCS)
    client = create_app(store).test_client()
    days = [client.post(path, data=STAFF, content_type=media_type, headers=headers) for _ in range(2)]
    assert [day.status_code for day in days] == [200, 200]
    return [line for day in days for line in day.text.splitlines()]


def condition_holds(condition: str, event: dict[str, Any]) -> bool:
    """The two forms of Painless that the sample uses: `ctx.event?.KEY == 'text'` and `ctx.event?.KEY != null`."""
    found = re.fullmatch(r"ctx\.event\?\.(\w+) (==|!=) (?:'(\w+)'|null)", condition)
    assert found
    is_equal = event.get("event", {}).get(found[1]) == found[3]
    return is_equal if found[2] == "==" else not is_equal


def ingested(pipeline: dict[str, Any], event: dict[str, Any]) -> dict[str, Any] | None:
    """The document that Elastic's drop and set processors make of *event*."""
    for [(name, options)] in (list(one.items()) for one in pipeline["processors"]):
        assert name in ("drop", "set")
        if not condition_holds(options["if"], event):
            continue
        if name == "drop":
            return None
        outer, _, inner = options["copy_from"].partition(".")
        event = event | {options["field"]: event[outer][inner]}
    return event


def test_elastic_stores_each_exposure_once_and_what_could_not_be_checked(lines: list[str]) -> None:
    [pipeline] = [json.loads(block) for block in blocks("json")]

    documents = [made for line in lines if (made := ingested(pipeline, json.loads(line)))]

    assert [one["event"]["action"] for one in documents] == ["exposed", "could_not_check"] * 2
    assert len({one["_id"] for one in documents if "_id" in one}) == 1
    assert [one["user"]["id"] for one in documents[:2]] == ["e-1", "e-3"]


def test_filebeat_puts_the_fields_of_each_line_at_the_top(lines: list[str]) -> None:
    [beat] = [yaml.safe_load(block) for block in blocks("yaml")]
    [source] = beat["filebeat.inputs"]

    assert source["parsers"][0]["ndjson"]["target"] == ""
    assert beat["output.elasticsearch"]["pipeline"] == "breachcheck"
    assert {"@timestamp", "ecs", "event"} <= set.intersection(*(set(json.loads(line)) for line in lines))


def test_splunk_finds_the_time_of_every_line(lines: list[str]) -> None:
    props = configparser.RawConfigParser()
    props.optionxform = str  # type: ignore[assignment, method-assign]
    props.read_string(blocks("ini")[1])
    sourcetype = props["breachcheck:ecs"]

    broken = [part for part in re.split(sourcetype["LINE_BREAKER"], "\n".join(lines)) if part.strip()]

    assert broken == lines
    for line in lines:
        prefix = re.search(sourcetype["TIME_PREFIX"], line)
        assert prefix
        text = line[prefix.end() : prefix.end() + int(sourcetype["MAX_TIMESTAMP_LOOKAHEAD"])]
        assert datetime.strptime(text, sourcetype["TIME_FORMAT"])  # noqa: DTZ007 - only whether it is read


def test_splunks_search_names_fields_that_there_are(lines: list[str]) -> None:
    [search] = re.findall(r"^    index=breachcheck (.*)$", DOCS, re.MULTILINE)
    exposed = json.loads(lines[0])

    for field in re.findall(r"(?:user|event|breachcheck)\.[\w.]+", search):
        value = exposed
        for name in field.split("."):
            value = value[name]


def test_the_last_line_of_a_whole_file_says_so(lines: list[str]) -> None:
    last = json.loads(lines[-1])["breachcheck"]

    assert last["line"] == last["lines"] == 3
