"""docs/api.md and docs/hibp.md against what the APIs do."""

import re
from pathlib import Path

import pytest

from breachcheck.services import Services
from breachcheck.web import api, hibp, problems, questions
from breachcheck.web.app import create_app

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def api_docs() -> str:
    return (DOCS / "api.md").read_text()


@pytest.fixture
def hibp_docs() -> str:
    return (DOCS / "hibp.md").read_text()


def test_every_endpoint_of_ours_is_documented(store: Services, api_docs: str) -> None:
    rules = [rule.rule for rule in create_app(store).url_map.iter_rules() if rule.rule.startswith(f"{api.PREFIX}/")]

    assert [rule for rule in rules if rule.replace("<", "{").replace(">", "}") not in api_docs] == []


def test_every_reason_is_documented_and_no_other(api_docs: str) -> None:
    table = api_docs.partition("| `reason` |")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)

    assert sorted(re.findall(r"`(\w+)`", " ".join(first_cells))) == sorted(problems.TITLES)


def test_every_key_of_a_question_is_documented(api_docs: str) -> None:
    assert [key for key in questions.TAKES if f"| `{key}` |" not in api_docs] == []


def test_every_service_of_the_dialect_is_documented(hibp_docs: str) -> None:
    assert [service for service in hibp.SERVICES if f"`{service}" not in hibp_docs] == []


def test_the_dialect_is_introduced_by_what_a_miss_does_not_mean(hibp_docs: str) -> None:
    assert hibp_docs.splitlines()[2].startswith("**Run both, never repoint.**")
