"""Operators: who may sign in to the admin pages. Passwords are kept as argon2id hashes."""

import secrets
import time
from dataclasses import dataclass
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from breachcheck.counters import next_ids
from breachcheck.db.base import Database
from breachcheck.errors import UnknownOperator

SHORTEST_PASSWORD = 12


@dataclass(frozen=True, slots=True)
class Operator:
    """Someone who may sign in."""

    id: int
    name: str
    created_at: int


class Operators:
    """The table ``operator``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._hasher = PasswordHasher()

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))

    def add(self, name: str, password: str) -> Operator:
        """A new operator, or a new password for one who is there."""
        hashed = self._hasher.hash(password)
        with self._db.transaction():
            self._db.execute(
                """
                INSERT INTO operator (id, name, password_hash, created_at)
                VALUES (:id, :name, :hash, :at)
                ON CONFLICT (name) DO UPDATE SET password_hash = :hash
                """,
                {"id": next_ids(self._db, "operator"), "name": name, "hash": hashed, "at": int(time.time())},
            )
            return next(operator for operator in self.all() if operator.name == name)

    def remove(self, name: str) -> None:
        """Raises UnknownOperator."""
        if not self._db.execute("DELETE FROM operator WHERE name = :name", {"name": name}):
            raise UnknownOperator("There is no operator of that name; `breachcheck operators list` shows them.")

    def all(self) -> list[Operator]:
        """Every operator, by name."""
        return [Operator(**row) for row in self._db.query("SELECT id, name, created_at FROM operator ORDER BY name")]

    def get(self, operator_id: int) -> Operator:
        """Raises UnknownOperator, which ends a session whose operator was removed."""
        for operator in self.all():
            if operator.id == operator_id:
                return operator
        raise UnknownOperator("This operator was removed.")

    def sign_in(self, name: str, password: str) -> Operator:
        """The operator whose name and password these are. Takes as long for a wrong name as for a wrong password."""
        rows = self._db.query(
            "SELECT id, name, password_hash, created_at FROM operator WHERE name = :name", {"name": name}
        )
        kept = rows[0]["password_hash"] if rows else self._decoy
        try:
            self._hasher.verify(kept, password)
        except VerificationError:
            raise UnknownOperator("The name or the password is wrong.") from None
        if not rows:
            raise UnknownOperator("The name or the password is wrong.")
        return Operator(rows[0]["id"], rows[0]["name"], rows[0]["created_at"])
