"""Operators: they sign in with a password that the store cannot tell, and are gone at once when removed."""

import pytest
from argon2 import extract_parameters

from breachcheck import operators as operators_module
from breachcheck.errors import HoldsAddress, UnknownOperator
from breachcheck.operators import Operators
from breachcheck.services import Services
from tests import guesses
from tests.engines import ENGINES as ENGINES

PASSWORD = "correct horse battery"


@pytest.fixture
def operators(store: Services) -> Operators:
    return store.operators


def hashes(store: Services) -> list[str]:
    return [
        row["password_hash"] for row in store.databases[1].query("SELECT password_hash FROM operator ORDER BY name")
    ]


def test_an_operator_signs_in_with_their_password(operators):
    ops = operators.add("ops", PASSWORD)

    assert operators.sign_in("ops", PASSWORD) == ops
    assert operators.get(ops.id) == ops


@pytest.mark.parametrize(("name", "password"), [("ops", "wrong"), ("Ops", PASSWORD), ("nobody", PASSWORD), ("ops", "")])
def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(operators, name, password):
    operators.add("ops", PASSWORD)

    with pytest.raises(UnknownOperator, match=r"The name or the password is wrong\."):
        operators.sign_in(name, password)


def test_a_wrong_name_costs_as_much_as_a_wrong_password(store):
    with guesses.in_earnest():
        Operators(store.databases[1]).add("ops", PASSWORD)

    assert extract_parameters(operators_module._DECOY) == extract_parameters(hashes(store)[0])


def test_nobody_knows_the_password_of_the_operator_who_is_not_there(operators):
    with pytest.raises(UnknownOperator):
        operators.sign_in("nobody", "")


def test_passwords_are_kept_as_argon2id_each_with_a_salt_of_its_own(store):
    with guesses.in_earnest():
        for name in ("first", "second"):
            Operators(store.databases[1]).add(name, PASSWORD)
    first, second = hashes(store)

    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert PASSWORD not in first


def test_a_new_password_takes_the_place_of_the_old_and_ends_its_sessions(operators):
    before = operators.add("ops", PASSWORD)
    after = operators.add("ops", "another horse battery")

    assert operators.sign_in("ops", "another horse battery") == after
    with pytest.raises(UnknownOperator):
        operators.sign_in("ops", PASSWORD)
    with pytest.raises(UnknownOperator):
        operators.get(before.id)
    assert operators.all() == [after]


def test_who_is_removed_is_nobody_from_then_on(operators):
    ops = operators.add("ops", PASSWORD)
    operators.remove("ops")

    with pytest.raises(UnknownOperator):
        operators.get(ops.id)
    with pytest.raises(UnknownOperator):
        operators.sign_in("ops", PASSWORD)


def test_who_comes_back_does_not_come_back_into_old_sessions(operators):
    before = operators.add("ops", PASSWORD)
    operators.remove("ops")

    assert operators.add("ops", PASSWORD).id != before.id


def test_who_is_not_there_cannot_be_removed(operators):
    with pytest.raises(UnknownOperator, match="breachcheck operators list"):
        operators.remove("nobody")


def test_an_operator_is_named_without_an_address(operators):
    with pytest.raises(HoldsAddress):
        operators.add("ann@example.com", PASSWORD)
    assert operators.all() == []
