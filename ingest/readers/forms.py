"""Forms: what the lines of a text are, where no manifest says. Whoever writes tables is believed first.

A form is only told where nearly every line has it: a table taken for a combo list would make passwords of names.
"""

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import zip_longest

from breachcheck.addresses import canonical
from breachcheck.errors import DataFileError, InvalidAccount
from ingest.mailboxes import addresses_in
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers import blocks, combo, prose, sniff, stealer
from ingest.readers.combo_layouts import COMMA, SEPARATORS, Layout, bare, entry_of, is_address, layout_of, list_in
from ingest.readers.escapes import AT
from ingest.readers.headers import are_known

_COLUMNS = (",", ";", "|", "\t")
_NEARLY_ALL = 0.8
_MOSTLY = 0.5
_SOME = 0.25
_SOME_NUMBERS = 0.1
_RARELY = 0.05
_FEW = 3
_SECRET = re.compile(r"(?=\S*[A-Za-z])(?=\S*[\d\W_])\S{4,}")
_DETAIL = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}|\+\d[\d ().-]{6,}"
    r"|(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./]\d{4})(?:[T ][\d:.Z+]*)?"
)
_DIVIDED = re.compile(r"[^\s@\":;|,]+@[^\s@\":;|,]+\.[^\s@\":;|,.]+(\s*[:;|\t]|\s+(?:[-=]>?\s+)?(?=\S+\s*$))(.*)")
_NOTES = re.compile(r"\s(?:[|-]\s|\[|[A-Z][\w ]{0,30}?\s?[:=]\s).*")
"""What checkers write of an account behind its secret."""
_CREDENTIALS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://\S+?|(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*?)?):[^\s:/]+:(?!//)\S+", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+")
_MIXED = re.compile(r"(?=\S*[a-z])(?=\S*\d)[^\s/();]{6,32}")
_NO_LOGIN = re.compile(r"\d{4,24}|(?![@#])(?=\S*[^\w./:+=-])\S{4,24}")
_NO_SECRET = re.compile(r"[\d./:+()-]+|[^\W\d_]+(?:['.-][^\W\d_]+)*\.?|\S+@\S+\.\S+|[a-z]+://.*", re.IGNORECASE)


def form_of(head: str, *, is_whole: bool) -> str:
    """What a text that begins with *head* is: "combo", "stealer", "blocks", "text" or "csv"."""
    sample = combo.sample_of(head, is_whole=is_whole)
    if not sample:
        return "csv"
    if _are_blocks(sample):
        return "blocks"
    is_headed = any(_is_headed(sample, mark) for mark in _COLUMNS)
    if not is_headed and _are_stealer_lines(sample):
        return "stealer"
    if not is_headed and _is_combo_list(sample):
        return "combo"
    return "text" if _is_prose(sample) else "csv"


def _are_blocks(sample: Sequence[str]) -> bool:
    written = [part for line in sample if not blocks.is_banner(line) for part in blocks.parts_of(line)]
    spelled = blocks.labels_of(written)
    labels, has_list = spelled.values(), blocks.entry_labels(spelled) is not None
    found = sum(blocks.label_of(part) is not None or blocks.is_rule(part) for part in written)
    found += sum(blocks.label_of(part) is None and entry_of(part) is not None for part in written) if has_list else 0
    is_known = any(map(blocks.is_of_person, labels)) and sum(map(blocks.is_known, labels)) > 1
    return is_known and found >= 0.9 * len(written) and len(written) >= _MOSTLY * len(sample)


def _are_stealer_lines(sample: Sequence[str]) -> bool:
    mark = stealer.form_of(sample)
    agreeing = stealer.agreement(sample, mark)
    if agreeing < _MOSTLY * len(sample) and not (agreeing and _are_credentials(sample)):
        return False
    found = [stealer.FORMS[mark](line) for line in sample]
    if mark in {":", " ", stealer.APART}:
        return not _are_details([secret for _, secret in found])
    return _look_chosen([secret for login, secret in found if is_address(login)], _SOME)


def _are_credentials(sample: Sequence[str]) -> bool:
    """Whether nearly all lines are `url:login:secret`, whatever the logins are."""
    return sum(_CREDENTIALS.fullmatch(line.strip()) is not None for line in sample) >= _NEARLY_ALL * len(sample)


def _is_combo_list(sample: Sequence[str]) -> bool:
    layout = layout_of(sample)
    if layout.agreeing < _NEARLY_ALL:
        return _is_mixed_list(sample) or _holds_list(sample)
    if _is_table(sample, layout.separator):
        return False
    secrets = _secrets(sample, layout)
    if sum(" " in secret for secret in secrets) > 0.1 * len(secrets):
        return False
    if layout.separator == COMMA:
        return layout.is_first and _are_pairs(sample) and _read_as_secrets_behind_commas(secrets)
    if layout.separator == ":" and layout.is_usual:
        return not _are_details(secrets)
    return _read_as_secrets(secrets)


def _secrets(sample: Sequence[str], layout: Layout) -> list[str]:
    """What stands behind the addresses in *sample*, without its quotes and what checkers note there."""
    parts = [layout.parts(line) for line in sample]
    secrets = [_NOTES.sub("", secret).strip() for address, secret in parts if is_address(address)]
    return [secret.strip('"') if secret.startswith('"') else secret for secret in secrets]


def _holds_list(sample: Sequence[str]) -> bool:
    """Whether a list of addresses and secrets stands between lines that are none of it: a banner, a farewell."""
    found = list_in(sample)
    is_part = len(found) < len(sample)
    return is_part and _is_combo_list(found) and _read_as_secrets(_secrets(found, layout_of(found)))


def _is_mixed_list(sample: Sequence[str]) -> bool:
    """Whether nearly all lines are an address and a secret, however each is divided."""
    found = [match for line in sample if (match := _DIVIDED.match(bare(line)))]
    marks = {match[1].strip(" ") for match in found}
    secrets = [match[2] for match in found]
    if len(found) < _NEARLY_ALL * len(sample):
        return False
    if len(marks) > 1:
        return _look_chosen(secrets, _SOME)
    return len(found) >= _FEW and not marks & set(SEPARATORS) and _read_as_secrets(secrets)


def _are_details(values: Sequence[str]) -> bool:
    """Whether nearly all of *values* are IP addresses, dates or phone numbers with their country."""
    said = [value.strip() for value in values if value.strip()]
    return bool(said) and sum(_DETAIL.fullmatch(value) is not None for value in said) >= _NEARLY_ALL * len(said)


def _is_headed(sample: Sequence[str], mark: str) -> bool:
    """Whether *mark* divides columns that the first lines name: nearly all lines have as many."""
    if not any(mark in line for line in sample[:_FEW]):
        return False
    layout = sniff.layout_of(_as_text(sample), mark, None, "")
    width, agreeing = _width(sample[layout.skip :], mark)
    return layout.skip > 0 and width > 1 and agreeing >= _NEARLY_ALL * (len(sample) - layout.skip)


def _is_table(sample: Sequence[str], separator: str) -> bool:
    """Whether *separator* divides columns, more than two: nearly all lines have as many."""
    width, agreeing = _width(sample, separator)
    return separator != ":" and width > 2 and agreeing >= _NEARLY_ALL * len(sample)


def _are_pairs(sample: Sequence[str]) -> bool:
    """Whether a comma divides nearly all lines in two."""
    return sum(len(row) == 2 for row in csv.reader(sample)) >= _NEARLY_ALL * len(sample)


def _width(sample: Sequence[str], mark: str) -> tuple[int, int]:
    """How many columns the most lines have, and how many lines those are."""
    return Counter(line.count(mark) + 1 for line in sample).most_common(1)[0] if sample else (1, 0)


def _as_text(sample: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in sample).encode()


def _read_as_secrets(values: Sequence[str]) -> bool:
    """Whether most of *values* are what people choose for passwords, and not names, numbers or dates."""
    return _look_chosen(values, _MOSTLY) and not _are_numbered({value.strip() for value in values if value.strip()})


def _read_as_secrets_behind_commas(values: Sequence[str]) -> bool:
    """Whether they do, as nothing else would that tables hold, which are more frequent there.

    Some of *values* are letters with numbers, some are nothing that people call themselves.
    """
    mixed = sum(_MIXED.fullmatch(value) is not None for value in values)
    telling = sum(_NO_LOGIN.fullmatch(value) is not None for value in values)
    is_secret = _read_as_secrets(values) and not _are_details(values)
    return is_secret and mixed >= _SOME * len(values) and telling > _RARELY * len(values)


def _look_chosen(values: Sequence[str], share: float) -> bool:
    """Whether more than *share* of *values*, those aside that are addresses or say nothing, look like passwords.

    Where numbers stand among them as well, fewer are enough: no column of names, phones or dates has both.
    """
    said = [value.strip() for value in values if value.strip().casefold() not in SAYS_NOTHING]
    said = [value for value in said if not is_address(value)]
    fit = sum(_SECRET.fullmatch(value) is not None and _NO_SECRET.fullmatch(value) is None for value in said)
    numbers = sum(value.isdecimal() for value in said)
    is_mixed = fit >= _SOME * len(said) and numbers >= _SOME_NUMBERS * len(said)
    return bool(said) and (fit > share * len(said) or is_mixed)


def _are_numbered(values: Collection[str]) -> bool:
    """Whether most of *values* are one word with another number each: what programs call things, and not people."""
    words = Counter(_NUMBER.sub("", value) for value in values)
    return len(values) >= _FEW and max(words.values()) > _MOSTLY * len(values)


def _is_prose(sample: Sequence[str]) -> bool:
    text = _as_text(sample)
    if not prose.found_in(text):
        return False
    try:
        layout = sniff.layout_of(text, None, None, "")
    except DataFileError:
        return True
    rows = sniff.fields_of(text, layout)
    if len(layout.columns) > 1 and not layout.skip and _are_all_addresses(rows):
        return True  # a list of people, however many to a line
    if layout.skip and len(rows) < _FEW and _fits(rows, layout.columns):
        return False
    if _has_address_column(rows):
        return False
    return not _agree(rows, has_header=layout.skip > 0) or (not layout.skip and _hold_addresses(rows))


def _fits(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> bool:
    """Whether *columns* have known names and no row is wider than they are."""
    return len(columns) > 1 and are_known(columns) and all(len(row) <= len(columns) for row in rows)


def _are_all_addresses(rows: Sequence[Sequence[str]]) -> bool:
    cells = [cell for row in rows for cell in row if cell.strip()]
    return sum(map(_names_someone, cells)) >= _NEARLY_ALL * len(cells)


def _has_address_column(rows: Sequence[Sequence[str]]) -> bool:
    """Whether addresses fill the cells of a column, and do not only stand in them."""
    for column in zip_longest(*rows, fillvalue=""):
        cells = [cell for cell in column if cell.strip()]
        if 2 * len(cells) >= len(rows) and 2 * sum(map(_names_someone, cells)) > len(cells):
            return True
    return False


def _hold_addresses(rows: Sequence[Sequence[str]]) -> bool:
    """Whether an address stands in most of *rows*, somewhere in a cell: in lines of a log, or of a program."""
    return sum(any(map(_holds_address, row)) for row in rows) > _MOSTLY * len(rows)


def _holds_address(cell: str) -> bool:
    return AT.search(cell) is not None and bool(prose.found_in(cell.encode()))


def _names_someone(cell: str) -> bool:
    return _is_address(cell) or bool(addresses_in(cell))


def _is_address(cell: str) -> bool:
    try:
        canonical(cell)
    except InvalidAccount:
        return False
    return True


def _agree(rows: Sequence[Sequence[str]], *, has_header: bool) -> bool:
    """Whether nearly all rows have as many columns, more than one."""
    [(width, agreeing)] = Counter(map(len, rows)).most_common(1) or [(2, 0)]
    return width > 1 and agreeing >= _NEARLY_ALL * len(rows) and (has_header or len(rows) >= _FEW)
