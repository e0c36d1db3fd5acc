"""Phone numbers, as files and people write them, brought to E.164 where that needs no guess."""

import re

_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def international(text: str) -> str | None:
    """*text* as E.164 has it; None where it begins with no country code, for then it is anybody's."""
    number = _SEPARATORS.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    return number if _E164.fullmatch(number) else None
