"""/api/v1/breaches: what is published, where it comes from, and what to do about it. Without a key."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import msgspec
from flask import Blueprint, Response, request

from breachcheck import answers, data_classes
from breachcheck.answers import Exposure, timestamp
from breachcheck.catalog import Breach
from breachcheck.disclosure import ANY_OWNER, KEY, disclose
from breachcheck.errors import InvalidRequest, UnknownBreach, UnknownDataClass, WithdrawnBreach
from breachcheck.field_sets import FieldSet
from breachcheck.index import FieldSetId
from breachcheck.web import breach_model, csv_cells, ecs, formats, language
from breachcheck.web.api import PREFIX
from breachcheck.web.breach_model import Model
from breachcheck.web.context import services
from breachcheck.web.formats import Format
from breachcheck.web.shared_answers import shared

bp = Blueprint("api_breaches", __name__, url_prefix=PREFIX)


@bp.get("/breaches")
def breaches() -> Response:
    """Every published breach, by title; sensitive and retired ones too."""
    wanted = formats.wanted()
    models = [breach_model.in_the_list(one) for one in services().catalogue.published().breaches]
    return _told(models, wanted) if wanted != "json" else _json({"breaches": models} | _demo())


@bp.get("/breaches/<name>")
def breach(name: str) -> Response:
    """One published breach, by its name in any letter case. Raises WithdrawnBreach, UnknownBreach."""
    wanted = formats.wanted()
    found, loads = _published(name), services().loads
    model = breach_model.alone(found, loads.get(found.load_id), loads.corrections_of(found.load_id))
    return _told([model], wanted) if wanted != "json" else _json(model | _demo())


@bp.get("/breaches/<name>/advice")
def advice(name: str) -> Response:
    """What whoever's ``classes`` leaked in the breach should do, in the caller's language."""
    found = _published(name)
    classes = _classes(found)
    steps = answers.steps_of([_exposure(found, classes)], language.current())
    body = {
        "breach": found.name,
        "classes": data_classes.heaviest_first(classes),
        "language": language.tag(),
        "advice": [asdict(step) for step in steps],
    }
    response = _json(body | _demo())
    response.headers["Content-Language"] = language.tag()
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _published(name: str) -> Breach:
    try:
        return services().catalogue.published().get(name)
    except UnknownBreach:
        gone = services().catalogue.withdrawn(name)
    why = f" {gone.reason}" if gone.reason else ""
    raise WithdrawnBreach(
        f"{gone.title} was withdrawn on {timestamp(gone.withdrawn_at)}; answers no longer use it.{why}"
    )


def _classes(breach: Breach) -> frozenset[str]:
    """The query's ``classes``, repeated or with commas between; all of the breach's where there are none."""
    named = [name.strip() for text in request.args.getlist("classes") for name in text.split(",")]
    for name in filter(None, named):
        try:
            data_classes.get(name)
        except UnknownDataClass as error:
            raise InvalidRequest(f"In the parameter classes, {error}") from None
        if name not in breach.data_classes:
            raise InvalidRequest(f'"{name}" is none of the data classes of {breach.name}.')
    return frozenset(filter(None, named)) or breach.data_classes


def _exposure(breach: Breach, classes: frozenset[str]) -> Exposure:
    """As a key would be told of it; who names a class that is for owners alone, is taken for one."""
    field_set = FieldSet(FieldSetId(0), classes, via_alias=False, people=0)
    for viewer in (KEY, ANY_OWNER):
        exposure = disclose(viewer, breach, [field_set])
        if exposure and classes.issubset(exposure.leaked):
            return exposure
    raise UnknownBreach(f"Nobody is told of {breach.name}.")


def _told(models: Sequence[Model], wanted: Format) -> Response:
    lines = _rows(models) if wanted == "csv" else (_event(model) for model in models)
    return _shared(Response(b"".join(lines), content_type=formats.MEDIA_TYPES[wanted]))


def _rows(models: Sequence[Model]) -> Iterator[bytes]:
    """The columns of the list: what a breach alone has more is no cell."""
    if models:
        names = [name for name, value in models[0].items() if not isinstance(value, dict) and name not in NO_CELLS]
        yield csv_cells.row(names)
        yield from (csv_cells.row(model[name] for name in names) for model in models)


NO_CELLS = ("kinds", "coverage", "tally", "corrections")


def _event(model: Model) -> bytes:
    return msgspec.json.encode(ecs.of_breach(model | _demo())) + b"\n"


def _json(body: object) -> Response:
    return _shared(Response(msgspec.json.encode(body), content_type=formats.MEDIA_TYPES["json"]))


def _shared(response: Response) -> Response:
    response.vary.add("Accept")
    return shared(response)


def _demo() -> dict[str, bool]:
    return {"demo": True} if services().is_demo else {}
