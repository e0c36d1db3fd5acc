"""Whose page it is: what pages say of who runs them, and a look of their own."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from breachcheck import config
from breachcheck.doctor import place_checks
from breachcheck.errors import ConfigError
from breachcheck.web.app import create_app
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach
from tests.web.conftest import SHOP_PEOPLE

BOB = "bob@example.com"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><style>path { fill: #c8102e }</style></svg>'
Opening = Callable[..., FlaskClient]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Opening]:
    """A site with one breach and these settings; *files* lie in its folder."""
    opened = []

    def made(files: dict[str, str] | None = None, **settings: Any) -> FlaskClient:
        if files:
            place = tmp_path / "look"
            place.mkdir()
            for name, text in files.items():
                (place / name).write_text(text, encoding="utf-8")
            settings["site_folder"] = str(place)
        store = new_store(tmp_path / "data", **settings)
        opened.append(store)
        published_breach(store, facts(), SHOP_PEOPLE)
        return create_app(store).test_client()

    yield made
    for store in opened:
        store.close()


def assets_of(page: str) -> list[str]:
    return re.findall(r'(?:href|src|srcset)="(/static/[^"]+)"', page)


def answer_of(client: FlaskClient, account: str = BOB) -> str:
    return client.post("/", data={"account": account}, follow_redirects=True).text


def test_home_answers_and_errors_say_who_runs_the_site_and_where_they_can_be_found(opening: Opening) -> None:
    client = opening(
        site_operator="Example & sons", site_home_page="https://example.org/start", site_contact="https://example.org/help",
        site_privacy_contact="privacy@example.org",
    )  # fmt: skip

    for page in (client.get("/").text, answer_of(client), answer_of(client, "no@example.com"), client.get("/no").text):
        assert "This site is run by Example &amp; sons." in page
        assert '<a href="https://example.org/start">example.org</a>' in page
        assert '<a href="https://example.org/help">Contact</a>' in page
        assert '<a href="mailto:privacy@example.org">Questions about your data</a>' in page
    assert 'href="mailto:privacy@example.org">Ask the people who run this site</a>' in client.get("/how-it-works").text


def test_a_site_that_says_nothing_of_itself_has_no_empty_places(opening: Opening) -> None:
    page = opening().get("/").text

    assert "This site is run by" not in page
    assert "Our own web site" not in page
    assert "Questions about your data" not in page
    assert 'href=""' not in page
    assert "look.css" not in page


def test_the_feed_names_its_author_and_where_they_are_found(opening: Opening) -> None:
    client = opening(
        site_operator="Example Ltd", site_home_page="https://example.org", site_contact="mailto:help@example.org"
    )
    feed = client.get("/breaches.atom").text

    assert "<name>Example Ltd</name><uri>https://example.org</uri><email>help@example.org</email></author>" in feed


def test_a_site_has_its_own_colours_on_every_page_errors_too(opening: Opening) -> None:
    client = opening({"colours.toml": 'accent = "#c8102e"\naccent_dark = "#ff9d9d"\n'})

    for page in (client.get("/").text, client.get("/no").text):
        style = next(path for path in assets_of(page) if path.endswith("look.css"))
        assert "--accent: light-dark(#c8102e, #ff9d9d);" in client.get(style).text
        assert page.index("site.css") < page.index("look.css")
        assert "<style" not in page
        assert "style=" not in page


def test_a_logo_stands_before_the_name_and_its_address_changes_with_it(opening: Opening) -> None:
    client = opening({"logo.svg": SVG, "icon.svg": SVG}, site_operator="Example Ltd")
    page = client.get("/").text
    logo = next(path for path in assets_of(page) if path.endswith("own-logo.svg"))
    served = client.get(logo)

    assert re.search(r'<img class="own-logo" src="[^"]+" width="120" height="40" alt="Example Ltd">', page)
    assert "own-icon.svg" in page
    assert "/icon.svg" not in page
    assert served.data == SVG.encode()
    assert served.mimetype == "image/svg+xml"
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(re.sub(r"/static/\w+", "/static/0", logo)).status_code == 404


def test_a_drawing_that_is_opened_by_itself_may_run_and_fetch_nothing(opening: Opening) -> None:
    client = opening({"logo.svg": SVG})
    headers = client.get(next(one for one in assets_of(client.get("/").text) if one.endswith("logo.svg"))).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert headers["Content-Security-Policy"].endswith("; sandbox")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("colours", "sources", "image"),
    [
        ("device", ["own-logo-dark.svg"], "own-logo.svg"),
        ("light", [], "own-logo.svg"),
        ("dark", [], "own-logo-dark.svg"),
    ],
)
def test_dark_pages_have_the_logo_that_is_made_for_them(
    opening: Opening, colours: str, sources: list[str], image: str
) -> None:
    client = opening({"logo.svg": SVG, "logo-dark.svg": SVG.replace("c8102e", "fff")})
    client.set_cookie("colours", colours)
    page = client.get("/").text

    assert [one.rpartition("/")[2] for one in re.findall(r'srcset="([^"]+)"', page)] == sources
    assert re.findall(r'src="[^"]+/([\w.-]+)" width', page) == [image]


def test_a_logo_for_light_pages_alone_lies_on_white_on_dark_ones(opening: Opening) -> None:
    client = opening({"logo.svg": SVG})
    style = next(path for path in assets_of(client.get("/").text) if path.endswith("look.css"))

    assert "background: light-dark(transparent, #fff)" in client.get(style).text


def test_names_and_addresses_of_a_site_are_no_markup(opening: Opening) -> None:
    client = opening(
        site_name='"><script>1</script>', site_operator="<b>us</b>", site_home_page="https://example.org/?a&b"
    )

    for page in (client.get("/").text, answer_of(client), client.get("/no").text):
        assert "<script>1" not in page
        assert "<b>us" not in page
        assert 'href="https://example.org/?a&amp;b"' in page


def test_a_look_that_will_not_do_stops_the_program_before_its_first_request(tmp_path: Path, opening: Opening) -> None:
    with pytest.raises(ConfigError, match=r"#ffff00, which cannot be read on light pages.*nearest that can is #"):
        opening({"colours.toml": 'accent = "#ffff00"'})


def test_a_look_that_will_not_do_stops_no_command(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data", site_folder="nowhere")
    store.close()
    listed = breachcheck("breaches", "list", data=tmp_path / "data")
    found = [one for one in place_checks.of_settings(store.config) if one.about == "look"]

    assert listed.status == 0
    assert [one.severity for one in found] == ["problem"]


def test_a_relative_folder_starts_at_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('site_folder = "look"\n', encoding="utf-8")

    assert config.read(tmp_path, {}).site_folder == tmp_path / "look"
