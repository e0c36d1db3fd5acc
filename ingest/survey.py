"""Surveys: what a manifest's files hold, found out before anything is read, and what to take from each table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath

from breachcheck.addresses import mask_addresses
from breachcheck.data_classes import PasswordStorage
from breachcheck.digests import Kind
from breachcheck.errors import DataFileError, ManifestError
from breachcheck.loads import Contents
from breachcheck.tallies import FileTally
from ingest import formats, mapping, mixpanel_names, sources
from ingest.archives.passwords import Ask, Passwords
from ingest.chains import in_order, junction
from ingest.column_signs import Sign, signs_of, unread_secret
from ingest.engine import Engine
from ingest.entries import FileEntry
from ingest.formats import STREAMED
from ingest.manifest import Manifest, check_sensitivity
from ingest.mapping import FIXED, MIXPANEL, MIXPANEL_EVENTS, Plan, Sample
from ingest.readers.base import Instructions, Table
from ingest.readers.combo_layouts import UNCLEAR
from ingest.readers.lines import said
from ingest.samples import sample_at_hand, sample_of
from ingest.selection import Wanted
from ingest.sources import DataFile, NotRead, Terms
from ingest.unread import Unread

THE_PEOPLE = "Mixpanel's people"
"""The junction at which Mixpanel's events find their people, whatever files those are in."""

NOT_TEXT = {
    ".zip",
    ".7z",
    ".tar",
    ".gz",
    ".bz2",
    ".xz",
    ".lzma",
    ".zst",
    ".json",
    ".jsonl",
    ".parquet",
    ".xlsx",
    ".sqlite",
    ".db",
}
"""Endings of names that promise something else than lines of text."""

SAMPLED = 5
"""Tables of an entry whose values are looked at though their mapping is given; the others are much like them."""

_HEAVIEST_STORAGE: tuple[PasswordStorage, ...] = ("plain", "unsalted", "unknown", "salted")


@dataclass(frozen=True, slots=True)
class Source:
    """A table that names people, or whose records name them elsewhere."""

    entry: FileEntry
    file: DataFile
    table: Table
    plan: Plan
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What a manifest's files hold, in its order: tables to read, and tallies of all the rest, what is unread last."""

    found: tuple[Source | FileTally, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(one for one in self.found if isinstance(one, Source))

    @property
    def data_classes(self) -> tuple[str, ...]:
        """All that a record of this load may show."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.plan.data_classes))

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What columns show that no mapping of the load says."""
        mapped = frozenset(self.data_classes)
        return tuple(sign for source in self.sources for sign in source.signs if sign.data_class not in mapped)

    def contents(self) -> Contents:
        """What the load could have shown, whether or not it did."""
        kinds = [Kind.EMAIL] if any(one.plan.addresses for one in self.sources) else []
        kinds += [Kind(kind) for one in self.sources for kind in one.plan.identifiers.values()]
        return Contents(
            mapped=self.data_classes,
            kinds=tuple(dict.fromkeys(kind.value for kind in kinds)),
            password_storage=self._password_storage(),
        )

    def _password_storage(self) -> PasswordStorage:
        said = {one.entry.password_storage for one in self.sources if "Passwords" in one.plan.data_classes}
        return next((storage for storage in _HEAVIEST_STORAGE if storage in said), "unknown")

    def wanted(self) -> list[Wanted]:
        """What to take from each source, in their order.

        Raises ManifestError where a join leads nowhere, or joins lead in a circle.
        """
        met = {name for source in self.sources if (name := _meets(source))}
        keys = [tuple(key for key in self._keys(source) if key[1] in met) for source in self.sources]
        reached = {name for some in keys for _, name in some}
        for source in self.sources:
            if source.plan.join and junction(source.plan.join) not in reached:
                raise ManifestError(
                    f"{source.table.name}: `join` names {mask_addresses(source.plan.join.to)}, but no file of this"
                    " manifest that holds or finds people is called so; check `to`"
                )
        wanted = [_wanted(source, some) for source, some in zip(self.sources, keys, strict=True)]
        in_order(wanted)
        return wanted

    def _keys(self, source: Source) -> tuple[tuple[str, str], ...]:
        """The columns of *source* by which records elsewhere find its people, with the junction where they do.

        Its people may be in a third place, where it finds them itself. What its records may be looked up by besides
        stands for them where they name nobody else.
        """
        keys = [(column, THE_PEOPLE) for column in source.plan.ids]
        joins = (one.plan.join for one in self.sources if one.plan.join)
        keys += [
            (column, junction(join))
            for join in joins
            if _is_meant(join.to, source)
            for column in _with_alike(source.table, _column(source.table, join.on))
        ]
        own = None if source.plan.addresses else _meets(source)
        names_people = source.plan.addresses or (source.plan.identifiers and own is None)
        return tuple(dict.fromkeys(key for key in keys if names_people or (own and key[1] != own)))


def survey(manifest: Manifest, engine: Engine, spill: Path | None = None, ask: Ask | None = None) -> Survey:
    """Open every file that *manifest* names as far as it takes to know its tables and their columns.

    What must be kept meanwhile is kept in *spill*, encrypted; *ask* puts the question for an archive's password.

    Raises DataFileError where a file that is named outright cannot be read, or a mapping does not fit, and
    ManifestError where what was found needs a word that the manifest lacks.
    """
    found: list[list[Source | FileTally]] = []
    typed: list[str] = []
    for entry in manifest.files:
        password = manifest.folder / entry.password_file if entry.password_file else None
        terms = Terms(passwords=Passwords(password, ask, typed=typed), spill=spill, as_text=entry.format == "text")
        found.append(list(_survey_of(entry, manifest, engine, terms)))
    surveyed = Survey(tuple(sorted(_told_once(found), key=_is_unread)))
    check_sensitivity(manifest, surveyed.data_classes)
    return surveyed


def _told_once(found: Sequence[Sequence[Source | FileTally]]) -> Iterator[Source | FileTally]:
    """What each entry *found*, but for what it passed over and another entry read, or passed over before."""
    names = [
        one.table.name if isinstance(one, Source) else one.name for some in found for one in some if not _is_unread(one)
    ]
    unread = Unread(names)
    for some in found:
        repeated = unread.repeated([one for one in some if isinstance(one, FileTally)])
        yield from (one for one in some if isinstance(one, Source) or one not in repeated)


def _is_unread(one: Source | FileTally) -> bool:
    return isinstance(one, FileTally) and one.outcome == "not read"


def _survey_of(entry: FileEntry, manifest: Manifest, engine: Engine, terms: Terms) -> Iterator[Source | FileTally]:
    told = _instructions(entry, manifest)
    tables: list[tuple[DataFile, Table]] = []
    for file in sources.find(entry.path, manifest.folder, entry.member, terms):
        if isinstance(file, NotRead):
            yield FileTally(name=file.name, outcome="not read", why=file.why)
            continue
        try:
            opened = list(formats.tables(file, told))
        except DataFileError as error:
            if _is_named(file, entry):
                raise
            yield FileTally(name=file.name, outcome="not read", why=str(error), bytes=file.size)
            continue
        finally:
            file.let_go()
        if not opened:
            yield FileTally(name=file.name, outcome="nothing found", why="it holds no records", bytes=file.size)
        tables += [(file, table) for table in opened]
    looked_at = 0
    for file, table in tables:
        look = partial(_sample, file, table, told, engine)
        sample = look() if entry.mapping is None and table.format not in FIXED else None
        one = _source(entry, file, table, sample, is_only_table=len(tables) == 1)
        if isinstance(one, Source) and table.format not in FIXED:
            looked_at += 1
            values = look() if sample is None and looked_at <= SAMPLED else sample
            one = replace(one, signs=tuple(signs_of(table.name, table.columns, one.plan, values or {})))
        elif isinstance(one, Source) and table.note == UNCLEAR:
            one = replace(one, signs=(unread_secret(table.name),))
        yield one


def _source(
    entry: FileEntry, file: DataFile, table: Table, sample: Sample | None, *, is_only_table: bool
) -> Source | FileTally:
    plan = mapping.plan(
        entry,
        table.columns,
        table.format,
        sample,
        name=table.name,
        is_only_table=is_only_table,
        open_keys=table.open_keys,
        alike=table.alike,
    )
    if plan:
        return Source(entry, file, table, plan)
    return FileTally(
        name=table.name,
        outcome="nothing found",
        why=", ".join(filter(None, ["no column says whose records these are", table.note, _misnamed(table)])),
        bytes=file.size,
        format=table.format,
        encoding=said(table.encoding, entry.encoding),
    )


def _misnamed(table: Table) -> str:
    """What to say of a table that was read as text though its file's name promises a format of its own."""
    ending = PurePath(table.name).suffix.lower()
    return f"and it is not the {ending} file that its name says" if ending in NOT_TEXT and table.format == "csv" else ""


def _sample(file: DataFile, table: Table, told: Instructions, engine: Engine) -> Sample | None:
    """Values of each column, from the beginning where that is quick, or a stream is longer than its head."""
    if table.shortcut and table.shortcut.beginning:
        return sample_at_hand(table) or sample_of(engine.connection, table.shortcut.beginning(), far=table)
    is_far = file.is_stream and file.size > sources.HEAD and table.format in STREAMED
    if file.source is not None and not is_far:
        return sample_of(engine.connection, table, far=table)
    beginning = next((one for one in formats.tables(file.beginning(), told) if one.name == table.name), None)
    return sample_of(engine.connection, beginning, far=beginning) if beginning else None


def _instructions(entry: FileEntry, manifest: Manifest) -> Instructions:
    joined = [one.join.on for one in manifest.files if one.join and _names(one.join.to, entry.path)]
    own = [entry.join.column] if entry.join else []
    return Instructions(
        format=entry.format,
        encoding=entry.encoding,
        delimiter=entry.delimiter,
        header_row=entry.header_row,
        table=entry.table,
        sheet=entry.sheet,
        columns=tuple(dict.fromkeys([*(entry.mapping or {}), *entry.address, *entry.identifiers, *own, *joined])),
    )


def _is_named(file: DataFile, entry: FileEntry) -> bool:
    """Whether the manifest names the file itself, rather than a folder, a glob or an archive that it is in."""
    return file.source is None or file.name == mask_addresses(entry.path)


def _wanted(source: Source, keys: tuple[tuple[str, str], ...]) -> Wanted:
    plan = source.plan
    meets = _meets(source)
    references = _with_alike(source.table, plan.join.column) if plan.join else plan.ids
    return Wanted(
        addresses=plan.addresses,
        classes=plan.classes,
        identifiers={column: Kind(kind) for column, kind in plan.identifiers.items()},
        keys=keys,
        references=references if meets else (),
        meets=meets,
        nothing_said=source.entry.nothing_said,
    )


def _meets(source: Source) -> str | None:
    """The junction at which records of *source* find their person, if they do. Mixpanel's profiles are the people."""
    plan = source.plan
    if plan.join:
        return junction(plan.join)
    return THE_PEOPLE if plan.ids and _form(source) == MIXPANEL_EVENTS else None


def _form(source: Source) -> str | None:
    """Which of Mixpanel's forms the table has, by what the manifest, its content or its headers say."""
    said = next((one for one in (source.entry.format, source.table.format) if one in MIXPANEL), None)
    return said or mixpanel_names.form_of(source.table.columns)


def _is_meant(to: str, source: Source) -> bool:
    return _names(to, source.entry.path) and (to == source.entry.path or source.table.name == mask_addresses(to))


def _names(to: str, path: str) -> bool:
    """Whether *to* of a join is the file *path*, or a table or member of it."""
    return to == path or to.startswith((f"{path}#", f"{path}!"))


def _with_alike(table: Table, column: str) -> tuple[str, ...]:
    return (column, *table.alike.get(column, ()))


def _column(table: Table, name: str) -> str:
    """The column of *table* that a join calls *name*: spelled so, else trimmed and case-folded."""
    if name in table.columns or table.open_keys:
        return name
    alike = [column for column in table.columns if column.strip().casefold() == name.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    raise DataFileError(mask_addresses(f"{table.name}: there is no column {name}, which a `join` names in `on`"))
