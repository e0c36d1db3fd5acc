"""JSON faults: what is wrong is told with its place, and nothing that was sent is repeated but harmless keys."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.errors import InvalidRequest, MalformedJson, NestedTooDeeply
from breachcheck.json_faults import misfit_of, pointer_to, require_json

SECRET = "hunter2-invented"
SHAPES = st.recursive(
    st.sampled_from([SECRET, f"{SECRET}@example.com", None, True, 7, 1.5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["names", "inner", "more"]), inner),
)


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    names: list[str]


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    inner: list[Inner]
    names: list[str] = []


def misfit(sent: object) -> InvalidRequest:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(json.dumps(sent), type=Outer)
    return misfit_of(raised.value, 'like {"inner": []}')


@pytest.mark.parametrize(
    ("sent", "pointer", "said"),
    [
        ({}, "", "The key inner is missing."),
        ([], "", "something else"),
        ({"inner": 1}, "/inner", "The value at /inner does not fit."),
        ({"inner": [], "names": ["a", 2]}, "/names/1", "The value at /names/1 does not fit."),
        ({"inner": [{"names": []}, {}]}, "/inner/1", "The key names is missing."),
        ({"inner": [{"names": [], "no/such~key": 1}]}, "/inner/0/no~1such~0key", 'no key "no/such~key"'),
        ({"inner": [], "ann@example.com": 1}, "", "no key like one that was sent"),
        ({"inner": [], "x" * 61: 1}, "", "no key like one that was sent"),
    ],
)
def test_the_place_and_the_kind_of_a_misfit_are_told(sent: object, pointer: str, said: str) -> None:
    fault = misfit(sent)

    assert fault.pointer == pointer
    assert said in str(fault)
    assert 'like {"inner": []}' in str(fault)


@given(SHAPES)
def test_no_value_is_ever_repeated(sent: object) -> None:
    try:
        msgspec.json.decode(json.dumps(sent), type=Outer)
    except msgspec.ValidationError as error:
        fault = misfit_of(error, "like {}")
        assert SECRET not in f"{fault} {fault.pointer}"


@given(st.text(max_size=60))
def test_a_pointer_leads_to_the_key_it_was_made_of(key: str) -> None:
    step = pointer_to(key)

    assert step in ("", f"/{key.replace('~', '~0').replace('/', '~1')}")
    assert step.count("/") <= 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'"\\ud800"', b"[1,]", b"{'a': 1}", b"NaN"])
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(MalformedJson, match="The body is not JSON") as raised:
        require_json(body)
    assert raised.value.reason == "malformed_json"


def test_what_goes_too_deep_is_told_from_what_is_no_json() -> None:
    with pytest.raises(NestedTooDeeply, match="This is nested too deeply"):
        require_json(b"[" * 100_000 + b"]" * 100_000, "This")
