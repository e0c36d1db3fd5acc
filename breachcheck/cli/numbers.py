"""Numbers of loads, mails and keys, as they are typed: one that no row can have is refused in words."""

from typing import Any

import click

LARGEST = 2**63 - 1


class Number(click.types.IntParamType):
    """The number of a row."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number = int(super().convert(value, param, ctx))
        if abs(number) > LARGEST:
            self.fail(f"{value!r} is larger than any number here.", param, ctx)
        return number


NUMBER = Number()
