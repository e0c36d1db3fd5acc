"""/api/v1/openapi.json against what the API does."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from breachcheck.services import Services
from breachcheck.web import api, problems, questions
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach


@pytest.fixture
def client(store: Services) -> FlaskClient:
    published_breach(store, facts(), {"alice@example.com": ["Email addresses", "Names"]})
    return create_app(store).test_client()


@pytest.fixture
def document(client: FlaskClient) -> Mapping[str, Any]:
    response = client.get("/api/v1/openapi.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    parsed = json.loads(response.data)
    assert isinstance(parsed, dict)
    return parsed


def mismatches(value: object, schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str = "$") -> list[str]:
    """Where *value* has other keys than *schema* names, at any depth."""
    if "$ref" in schema:
        return mismatches(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, place)
    if "oneOf" in schema and value is not None:
        return mismatches(value, schema["oneOf"][0], schemas, place)
    if isinstance(value, list):
        return [wrong for one in value for wrong in mismatches(one, schema["items"], schemas, f"{place}[]")]
    if not isinstance(value, dict) or ("additionalProperties" in schema and "properties" not in schema):
        return []
    here = [f"{place}.{key}" for key in set(value) - set(schema["properties"]) | set(schema["required"]) - set(value)]
    known = [(key, one) for key, one in value.items() if key in schema["properties"]]
    below = [
        wrong for key, one in known for wrong in mismatches(one, schema["properties"][key], schemas, f"{place}.{key}")
    ]
    return here + below


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ("https://help.example/", {"url": "https://help.example/"}),
        ("help@example.org", {"email": "help@example.org"}),
        ("mailto:help@example.org", {"email": "help@example.org"}),
    ],
)
def test_whom_to_write_to_is_whom_the_site_names(tmp_path: Path, contact: str, told: Mapping[str, str]) -> None:
    store = new_store(tmp_path / "data", site_operator="Example Ltd", site_contact=contact)
    info = json.loads(create_app(store).test_client().get("/api/v1/openapi.json").data)["info"]
    store.close()

    assert info["contact"] == {"name": "Example Ltd"} | told


def test_where_the_site_names_nobody_there_is_no_contact(document: Mapping[str, Any]) -> None:
    assert "contact" not in document["info"]


def test_every_endpoint_is_described_and_no_other(store: Services, document: Mapping[str, Any]) -> None:
    served = {
        (rule.rule.removeprefix(api.PREFIX).replace("<", "{").replace(">", "}"), method.lower())
        for rule in create_app(store).url_map.iter_rules()
        if rule.rule.startswith(f"{api.PREFIX}/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, operations in document["paths"].items() for method in operations}

    assert described == served


def test_a_question_has_the_keys_described(document: Mapping[str, Any]) -> None:
    question = document["components"]["schemas"]["Question"]

    assert list(question["properties"]) == [field.name for field in msgspec.structs.fields(questions.Question)]
    assert question["properties"]["kind"]["enum"] == [kind.value for kind in questions.Kind]


def test_every_reason_is_described(document: Mapping[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    described = [schemas[name]["properties"]["reason"]["enum"] for name in ("Problem", "CouldNotCheck")]

    assert sorted(described[0] + described[1]) == sorted(problems.TITLES)


@pytest.mark.parametrize(
    ("method", "path", "body", "schema"),
    [
        ("POST", "/lookup", {"account": "alice@example.com"}, "Answer"),
        ("POST", "/lookup", {"account": "nobody@example.com"}, "Answer"),
        ("POST", "/lookup", {"account": "nobody"}, "CouldNotCheck"),
        ("POST", "/lookup", {"account": "nobody@example.com", "breach": "Nowhere"}, "CouldNotCheck"),
        ("POST", "/lookup", {"account": 1}, "Problem"),
        ("PUT", "/lookup", None, "Problem"),
        ("GET", "/breaches", None, "Breaches"),
        ("GET", "/breaches/Shop", None, "BreachAlone"),
        ("GET", "/breaches/Shop/advice", None, "Advice"),
        ("GET", "/breaches/Nowhere", None, "CouldNotCheck"),
        ("GET", "/changes", None, "Changes"),
        ("GET", "/changes?cursor=9", None, "Problem"),
        ("PUT", "/watchlists/new", [{"ref": "e1", "account": "x"}, {"ref": "e1", "account": "+15550100"}], "Problem"),
        ("PUT", "/watchlists/new", [{"ref": "e1", "account": "a@example.com"}, {}], "WatchlistOutcome"),
        ("PATCH", "/watchlists/staff", {"remove": ["e1"]}, "WatchlistOutcome"),
        ("GET", "/watchlists/staff", None, "Watchlist"),
        ("GET", "/watchlists", None, "Watchlists"),
        ("GET", "/watchlists/staff/exposures", None, "WatchEvents"),
        ("POST", "/watchlists/staff/exposures/acknowledge", {"ids": ["1-1"]}, "Acknowledged"),
        ("GET", "/watchlists/nothing", None, "CouldNotCheck"),
        ("GET", "/nothing", None, "CouldNotCheck"),
    ],
)
def test_answers_have_the_keys_described(
    client: FlaskClient, store: Services, document: Mapping[str, Any], method: str, path: str, body: object, schema: str
) -> None:
    headers = {"hibp-api-key": store.api_keys.create("tests", ["lookup", "watch"])[1]}
    client.put(f"{api.PREFIX}/watchlists/staff", json=[{"ref": "e1", "account": "alice@example.com"}], headers=headers)
    answer = json.loads(client.open(api.PREFIX + path, method=method, json=body, headers=headers).data)
    schemas = document["components"]["schemas"]

    assert mismatches(answer, schemas[schema], schemas) == []


def test_an_example_of_an_answer_has_all_keys_of_an_answer(
    client: FlaskClient, store: Services, document: Mapping[str, Any]
) -> None:
    example = document["paths"]["/lookup"]["post"]["responses"]["200"]["content"]["application/json"]["example"]
    headers = {"hibp-api-key": store.api_keys.create("tests", ["lookup"])[1]}
    answer = client.post("/api/v1/lookup", json={"account": "alice@example.com"}, headers=headers).json
    schemas = document["components"]["schemas"]

    assert answer is not None
    assert mismatches(example, schemas["Answer"], schemas) == []
    assert example["exposures"][0].keys() == answer["exposures"][0].keys()
    assert example["exposures"][0]["event_id"] in client.get("/api/v1/docs").text


def test_lines_of_a_batch_have_the_keys_described(
    client: FlaskClient, store: Services, document: Mapping[str, Any]
) -> None:
    headers = {"hibp-api-key": store.api_keys.create("tests", ["batch"])[1]}
    sent = '"alice@example.com"\n"nobody@example.com"\n"nobody"\n{}\n'
    response = client.post("/api/v1/lookup/batch", data=sent, content_type="application/x-ndjson", headers=headers)
    lines = [json.loads(line) for line in response.text.splitlines()]
    schemas = document["components"]["schemas"]
    described = ["BatchAnswer", "BatchAnswer", "BatchProblem", "BatchProblem"]

    assert [mismatches(line, schemas[name], schemas) for line, name in zip(lines, described, strict=True)] == [[]] * 4


def test_an_account_of_a_batch_has_the_keys_described(document: Mapping[str, Any]) -> None:
    item = document["components"]["schemas"]["BatchItem"]

    assert tuple(item["properties"]) == questions.keys_of(questions.Line)
