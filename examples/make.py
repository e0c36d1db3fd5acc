"""Make the data files of the examples: `python examples/make.py [FOLDER]`, by default where they lie.

Needs only the standard library. Every person in them is invented, and every run writes the same files.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from synthetic import cast, counselling, mixpanel, shop
from synthetic.files import write_json
from synthetic.truth import Truth

EXAMPLES: dict[str, Callable[[Path], Truth]] = {
    "plimsnorth": shop.make,
    "quorvane": counselling.make,
    "openai-mixpanel": mixpanel.make,
}
"""In the order in which the demo loads them: the newest breach last."""

CASES = {
    "found": cast.ANN.address,
    "second_spelling": cast.BEA_TYPES,
    "not_found": cast.NOBODY,
}


def main(folder: Path) -> None:
    truths = []
    for name, make in EXAMPLES.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        truths.append(make(folder / name))
    write_json(folder / "demo.json", {"manifests": [f"{name}/breach.yaml" for name in EXAMPLES], "addresses": CASES})
    write_json(folder / "known_answers.json", known_answers(truths))


def known_answers(truths: list[Truth]) -> dict[str, object]:
    """What to expect of a right load and of right look-ups, for tests."""
    return {
        "accounts": {typed: _answer(truths, address) for typed, address in _accounts().items()},
        "via_alias": {cast.DAN_WITHOUT_TAG: _answer(truths, cast.DAN.address)},
        "breaches": {truth.breach: truth.counts() for truth in truths},
    }


def _accounts() -> dict[str, str]:
    """What is typed, and the address that it stands for."""
    people = (cast.ANN, cast.CLEO, cast.DAN)
    absent = (cast.NOBODY, *cast.LOOKALIKES.values())
    return {
        **{who.address: who.address for who in people},
        cast.BEA_TYPES: cast.BEA.address,
        **{address: address for address in absent},
    }


def _answer(truths: list[Truth], address: str) -> dict[str, list[str]]:
    answers = {truth.breach: truth.classes_of(address) for truth in truths}
    return {breach: classes for breach, classes in answers.items() if classes}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent)
