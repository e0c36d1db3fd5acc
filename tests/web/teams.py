"""Security teams with keys, and the DNS of their domain."""

import json
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck.services import Services
from breachcheck.web.app import create_app
from ingest import manifest as manifests
from tests.ingest.loads import load
from tests.outside import Dns

SITE = "site.example"
DOMAINS = "/api/v1/domains"
PEOPLE = ["ann", "bo", "cy", "di", "eve", "fay+news"]
ALL_SCOPES = ("domains", "lookup", "lookup:sensitive")


@dataclass
class Team:
    """A security team with a key, and the DNS of its domain."""

    store: Services
    client: FlaskClient
    dns: Dns
    key_id: int
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: object = None) -> TestResponse:
        return self.client.post(path, json=body, headers=self.headers)

    def prove(self, domain: str = SITE) -> TestResponse:
        value = self.post(DOMAINS, {"domain": domain}).json["ways"]["dns"]["value"]
        self.dns.txt(domain, value)
        return self.post(f"{DOMAINS}/{domain}/check")

    def exposures(self, domain: str = SITE) -> Any:
        response = self.get(f"{DOMAINS}/{domain}/exposures")
        assert response.status_code == 200, response.text
        return response.json["exposures"]

    def load(self, name: str, *people: str, sensitive: bool = False) -> None:
        """Load and publish a breach of *people*, all with names but the first."""
        folder = self.store.config.data.parent / name
        folder.mkdir()
        rows = "".join(f"{one}@{SITE},{'' if number == 0 else one}\n" for number, one in enumerate(people))
        (folder / "people.csv").write_text(f"email,name\n{rows}cy@other.example,Cy\n", encoding="utf-8")
        (folder / "breach.yaml").write_text(
            f"manifest: 1\nname: {name}\ntitle: {name}\nbreach_date: 2026-03-14\ndescription: A breach.\n"
            f"is_sensitive: {json.dumps(sensitive)}\n"
            "files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]\n",
            encoding="utf-8",
        )
        load(manifests.read(folder / "breach.yaml"), self.store)

    def audited(self) -> list[tuple[str, str]]:
        return [(one.action, one.subject) for one in self.store.audit.latest() if one.actor == f"key {self.key_id}"]


def team_of(store: Services, dns: Dns, *scopes: str) -> Team:
    key, text = store.api_keys.create("team", scopes)
    headers = {"Authorization": f"Bearer {text}", "User-Agent": "tests"}
    return Team(store, create_app(store).test_client(), dns, key.id, headers)
