"""Alert rules and dashboard: every metric that they ask for is there, with the labels that they go by."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from breachcheck.health.performance import WORKER, Noted
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, new_store, published_breach

ROOT = Path(__file__).parents[2]
TOKEN = "0123456789abcdef"
OURS = re.compile(r"\b((?:breachcheck|process)_[a-z0-9_]+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'([a-z_]+)(=~|!=|=)"([^"]*)"')
OF_PROMETHEUS = {"instance", "job"}
"""Labels that Prometheus adds to whatever it reads."""

GROUPED = re.compile(r"\b(?:by|on) \(([^)]*)\)")


def alert_rules() -> list[dict[str, Any]]:
    read = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return list(json.loads((ROOT / "deploy" / "dashboard.json").read_text(encoding="utf-8"))["panels"])


def asked() -> list[str]:
    """Every expression in PromQL."""
    return [rule["expr"] for rule in alert_rules()] + [one["expr"] for panel in panels() for one in panel["targets"]]


@pytest.fixture(scope="module")
def told(lasting_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[dict[str, str]]]]:
    """The labels of every sample of a site that something was asked of, by the sample's name."""
    store = new_store(tmp_path_factory.mktemp("seen") / "data", metrics_token=TOKEN)
    published_breach(store, SHOP, {"ann@example.com": ["Names"]})
    store.performance.add({Noted(1_795_003_200, WORKER): 1})
    client: FlaskClient = create_app(store).test_client()
    client.post("/", data={"account": "ann@example.com"}, follow_redirects=True)
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    found: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    yield found
    store.close()


@pytest.mark.parametrize("expression", asked())
def test_what_an_expression_asks_for_is_there(told, expression):
    names = OURS.findall(expression)

    assert names or expression.startswith("up{")
    for name, matchers in names:
        assert name in told
        for label, how, value in MATCHER.findall(matchers):
            has_it = any(labels.get(label) == value for labels in told[name])
            assert label in OF_PROMETHEUS or has_it or (how, label, value) == ("=", "status", "5xx")


@pytest.mark.parametrize("expression", [one for one in asked() if GROUPED.search(one)])
def test_what_is_counted_together_has_the_labels_that_it_is_counted_by(told, expression):
    labels = {label.strip() for group in GROUPED.findall(expression) for label in group.split(",")}
    known = {label for name, _ in OURS.findall(expression) for sample in told[name] for label in sample}

    assert labels <= known | OF_PROMETHEUS


def test_an_expression_that_asks_for_something_else_is_seen(told):
    assert OURS.findall('rate(breachcheck_gone_total{door="page"}[5m])') == [("breachcheck_gone_total", 'door="page"')]
    assert "breachcheck_gone_total" not in told


@pytest.mark.parametrize("rule", alert_rules(), ids=lambda rule: rule["alert"])
def test_every_alert_says_what_is_wrong_and_what_to_do(rule):
    assert rule["alert"].startswith("Breachcheck")
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert all(rule["annotations"][name].endswith(".") for name in ("summary", "do"))


def test_the_panels_of_the_dashboard_do_not_overlap():
    squares = [
        (across, down)
        for place in (panel["gridPos"] for panel in panels())
        for across in range(place["x"], place["x"] + place["w"])
        for down in range(place["y"], place["y"] + place["h"])
    ]

    assert len(squares) == len(set(squares))
    assert max(across for across, _ in squares) < 24
