"""Operators: who may sign in to the admin pages. Passwords are kept as argon2id hashes."""

import time
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from breachcheck.counters import next_ids
from breachcheck.db.base import Database
from breachcheck.errors import UnknownOperator
from breachcheck.free_text import without_address

SHORTEST_PASSWORD = 12

_PASSES, _MEMORY_KIB, _LANES = 3, 65536, 4  # RFC 9106's second choice
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdCBvZiB0aGUgZGVjLg$HnLNUbIOo9BU/cPx1Ii3yLoUw9kaeQxonUTqzr65iYA"
"""What a password is held against where there is no such operator, so that this takes as long."""


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
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)

    def add(self, name: str, password: str) -> Operator:
        """A new operator, or a new password for one who is there, which ends their sessions.

        Raises HoldsAddress where the name is one.
        """
        hashed = self._hasher.hash(password)
        with self._db.transaction():
            self._db.execute(
                """
                INSERT INTO operator (id, name, password_hash, created_at)
                VALUES (:id, :name, :hash, :at)
                ON CONFLICT (name) DO UPDATE SET id = :id, password_hash = :hash
                """,
                {
                    "id": next_ids(self._db, "operator"),
                    "name": without_address(name, "name"),
                    "hash": hashed,
                    "at": int(time.time()),
                },
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
        kept = rows[0]["password_hash"] if rows else _DECOY
        try:
            self._hasher.verify(kept, password)
        except VerificationError:
            raise UnknownOperator("The name or the password is wrong.") from None
        if not rows:
            raise UnknownOperator("The name or the password is wrong.")
        return Operator(rows[0]["id"], rows[0]["name"], rows[0]["created_at"])
