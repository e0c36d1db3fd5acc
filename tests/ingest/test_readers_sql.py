"""SQL dumps: every row of every table as its database would have it, whoever wrote the dump, and whatever is torn."""

import gzip
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breachcheck.errors import DataFileError
from ingest import formats, sources
from ingest.archives.spools import Spool
from ingest.readers.base import Instructions, Table
from ingest.readers.left_out import LeftOut
from ingest.readers.sql_rows import Inserted, copied
from ingest.readers.sql_text import SMUGGLED, Dialect, Grammar
from ingest.readers.sql_window import Window
from tests.ingest.scans import Row, scan

MYSQL = r"""-- MySQL dump 10.13
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` int(11) NOT NULL AUTO_INCREMENT, -- it's the key
  `email` varchar(255) DEFAULT 'x,(y' COMMENT 'it''s -- (one)',
  `key` text,
  PRIMARY KEY (`id`),
  UNIQUE KEY `e` (`email`), KEY `k` (`key`(20)),
  CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `other` (`id`)
) ENGINE=InnoDB;
LOCK TABLES `users` WRITE;
/*!40000 ALTER TABLE `users` DISABLE KEYS */;
INSERT INTO `users` VALUES (1,'a@example.com','it\'s; (a) ''b''\n'),(2,'b@example.com',NULL),
 (3, 'c@example.com' , 0x6162);
INSERT IGNORE INTO shop.users (email, `id`) VALUES ('d@example.com', 4) ON DUPLICATE KEY UPDATE id = 1;
UNLOCK TABLES;
DELIMITER ;;
CREATE TRIGGER log BEFORE INSERT ON users FOR EACH ROW BEGIN
INSERT INTO users VALUES (NEW.id, NEW.email, NULL);
END ;;
DELIMITER ;
REPLACE INTO users VALUES (5,_binary 'e@example.com',b'1');
"""
POSTGRES = r"""--
-- PostgreSQL database dump
--
\restrict abc
SET standard_conforming_strings = on;
CREATE FUNCTION public.log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
INSERT INTO users VALUES (NEW.id);
END;
$$;
CREATE TABLE public.users (
    id integer NOT NULL,
    email character varying(255),
    "full name" text DEFAULT ''::text,
    CONSTRAINT filled CHECK ((email <> ''::text))
);
COPY public.users (id, email, "full name") FROM stdin;
1	a@example.com	A\tB\\C
2	b@example.com	\N
3	c@example.com	x	y
4	d@example.com
\.

INSERT INTO public.users (id, email) VALUES (5, 'C:\'), (6, E'it\'s'), (7, 'x'::text);
SELECT pg_catalog.setval('public.users_id_seq', 1, true);
"""
SQLITE = r"""PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT, note);
INSERT INTO users VALUES(1,'a@example.com',replace('x\ny','\n',char(10)));
INSERT INTO users VALUES(2,'b@example.com',X'c3a9');
CREATE TRIGGER log AFTER INSERT ON users BEGIN
INSERT INTO users VALUES (new.id, 'x', 'y');
END;
INSERT INTO "users" VALUES(3,'josé@example.com',unistr('\u00e9'));
COMMIT;
"""
MSSQL = """USE [shop]
GO
CREATE TABLE [dbo].[Users](
	[Id] [int] IDENTITY(1,1) NOT NULL,
	[E mail] [nvarchar](50) NULL,
	[Born] [date] NULL,
 CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]
GO
SET IDENTITY_INSERT [dbo].[Users] ON
GO
INSERT [dbo].[Users] ([Id], [E mail], [Born]) VALUES (1, N'a@example.com', CAST(N'2000-01-02' AS Date))
GO
INSERT [dbo].[Users] ([Id], [E mail], [Born]) VALUES (2, N'b''s@example.com', NULL)
GO
"""


def tables_of(folder: Path, text: str | bytes, told: Instructions | None = None, name: str = "dump.sql") -> list[Table]:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    files = [file for file in sources.find(name, folder) if isinstance(file, sources.DataFile)]
    return [table for file in files for table in formats.tables(file, told or Instructions())]


def rows_of(folder: Path, text: str | bytes) -> list[Row]:
    [table] = tables_of(folder, text)
    return sorted(scan(table).rows)


# Whoever wrote it


def test_a_dump_of_mysql_is_read(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, MYSQL.replace("shop.", ""))

    scanned = scan(table)

    assert (table.name, table.columns, table.format) == ("dump.sql#users", ("id", "email", "key"), "sql")
    assert sorted(scanned.rows) == [
        ("1", "a@example.com", "it's; (a) 'b'\n"),
        ("2", "b@example.com", None),
        ("3", "c@example.com", "ab"),
        ("4", "d@example.com", None),
        ("5", "e@example.com", "1"),
    ]
    assert scanned.rejects == {}


def test_a_dump_of_postgresql_is_read(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, POSTGRES)

    scanned = scan(table)

    assert table.columns == ("id", "email", "full name")
    assert sorted(scanned.rows) == [
        ("1", "a@example.com", "A\tB\\C"),
        ("2", "b@example.com", None),
        ("4", "d@example.com", None),
        ("5", "C:\\", None),
        ("6", "it's", None),
        ("7", "x", None),
    ]
    assert scanned.rejects == {"too many columns": 1}


def test_a_dump_of_sqlite_is_read(tmp_path: Path) -> None:
    assert rows_of(tmp_path, SQLITE) == [
        ("1", "a@example.com", "x\ny"),
        ("2", "b@example.com", "é"),
        ("3", "josé@example.com", "é"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_script_of_sql_server_is_read(tmp_path: Path, encoding: str) -> None:
    [table] = tables_of(tmp_path, MSSQL.replace("\n", "\r\n").encode(encoding))

    assert table.columns == ("Id", "E mail", "Born")
    assert sorted(scan(table).rows) == [("1", "a@example.com", "2000-01-02"), ("2", "b's@example.com", None)]


def test_a_script_of_oracle_is_read(tmp_path: Path) -> None:
    text = (
        "REM INSERTING into S.USERS\nSET DEFINE OFF;\n"
        "Insert into S.USERS (ID,EMAIL,AT) values (1,'a@example.com',to_date('01-JAN-20','DD-MON-RR'));\n"
    )

    assert rows_of(tmp_path, text) == [("1", "a@example.com", "01-JAN-20")]


def test_a_script_of_oracle_with_quotes_of_its_own_is_read(tmp_path: Path) -> None:
    text = "".join(
        f"Insert into USERS (ID,EMAIL,NOTE) values ({number},q'[u{number}@example.com]',q'!it's; (so), '!');\n"
        for number in range(3)
    )
    [table] = tables_of(tmp_path, text + "Insert into USERS (ID,EMAIL,NOTE) values (9,q'[cut")

    scanned = scan(table)
    assert sorted(scanned.rows) == [(str(n), f"u{n}@example.com", "it's; (so), '") for n in range(3)]
    assert scanned.rejects == {"malformed row": 1}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("'a'||chr(64)||'example.com'", "a@example.com"),
        ("CONCAT('a', CHAR(64), 'example.com')", "a@example.com"),
        ("N'a' + NCHAR(64) + N'example.com'", "a@example.com"),
        ("'a' || CHR(228)", "aä"),
        ("'a' || CAST('b' AS CHAR(10))", "ab"),
        ("'a' || 'b'::char(10)", "ab"),
        ("CONVERT(CHAR(10), 'a')", "a"),
        ("replace('a || b\\n','\\n',char(10))", "a || b\n"),
    ],
)
def test_texts_and_codes_of_characters_that_are_joined_are_one_value(tmp_path: Path, written: str, said: str) -> None:
    assert rows_of(tmp_path, f"INSERT INTO users (id, email) VALUES (1, {written});\n") == [("1", said)]


def test_columns_that_are_added_to_a_table_are_its_last(tmp_path: Path) -> None:
    text = (
        "CREATE TABLE users (id int, email text, INDEX (email));\n"
        "INSERT INTO users VALUES (1,'a@example.com');\n"
        "ALTER TABLE users ADD COLUMN `name` text DEFAULT 'x', ADD COLUMN IF NOT EXISTS Email text;\n"
        "ALTER TABLE ONLY public.users ADD CONSTRAINT users_key PRIMARY KEY (id);\n"
        "INSERT INTO users VALUES (2,'b@example.com','Bob');\n"
    )

    assert rows_of(tmp_path, text) == [("1", "a@example.com", None), ("2", "b@example.com", "Bob")]


def test_what_stands_between_dollars_is_a_value(tmp_path: Path) -> None:
    text = (
        "INSERT INTO public.users (id, email, note) VALUES\n(1, 'a@example.com', $$it's; (so), $1$$),\n"
        "(2, $_x$b@example.com$_x$ , $_x$'$$ ($_x$::text), (3, 'c@example.com', '$$');\n"
    )

    rows = [("1", "a@example.com", "it's; (so), $1"), ("2", "b@example.com", "'$$ ("), ("3", "c@example.com", "$$")]
    assert rows_of(tmp_path, text) == rows


def test_a_dump_that_begins_with_a_warning_is_read(tmp_path: Path) -> None:
    text = "mysqldump: [Warning] Using a password on the command line can be insecure.\n" + SQLITE

    assert len(rows_of(tmp_path, text)) == 3


def test_columns_without_names_are_numbered(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, "INSERT INTO users VALUES (1,'a@example.com');")

    assert table.columns == ("column1", "column2")


def test_the_columns_of_a_table_are_those_of_all_its_statements(tmp_path: Path) -> None:
    text = "INSERT INTO t (a, b) VALUES (1, 2);\nINSERT INTO T (B, c) VALUES (3, 4);"

    [table] = tables_of(tmp_path, text)

    assert table.columns == ("a", "b", "c")
    assert sorted(scan(table).rows, key=str) == [("1", "2", None), (None, "3", "4")]


def test_tables_of_one_name_in_two_databases_are_two(tmp_path: Path) -> None:
    one = "USE `one`;\nINSERT INTO users VALUES (1);\n"
    two = "USE `two`;\nINSERT INTO users VALUES (2);\nINSERT INTO o VALUES (3);"

    tables = tables_of(tmp_path, one + two)

    assert [table.name for table in tables] == ["dump.sql#one.users", "dump.sql#two.users", "dump.sql#o"]
    assert [scan(table).rows for table in tables] == [[("1",)], [("2",)], [("3",)]]


def test_tables_of_one_name_in_two_databases_of_postgresql_are_two(tmp_path: Path) -> None:
    copy = "COPY public.users (id) FROM stdin;\n1\n\\.\n\n"

    tables = tables_of(tmp_path, f"SET x = 1;\n\n\\connect one\n\n{copy}\\connect two\n{copy}")

    assert [table.name for table in tables] == ["dump.sql#one.users", "dump.sql#two.users"]


@pytest.mark.parametrize(
    "between", [";\n", "\nGO\n", ";\n-- next\n", ";\nUSE x;\nUSE y;\n", ";INSERT INTO o VALUES (1);"]
)
def test_a_statement_for_every_row_is_read(tmp_path: Path, between: str) -> None:
    head = "USE y;\nINSERT INTO t (a, b) VALUES (0,'x');\n"
    text = head + between.join(f"INSERT INTO t (a, b) VALUES ({number},'x')" for number in range(1, 100))

    table, *_ = tables_of(tmp_path, text)

    assert sorted(int(row[0] or 0) for row in scan(table).rows) == [*range(100)]


def test_a_dump_that_begins_with_anything_else_is_read_where_the_manifest_says_so(tmp_path: Path) -> None:
    text = "Exported on Monday, by hand\nINSERT INTO users (email) VALUES ('a@example.com');\n"

    [table] = tables_of(tmp_path, text, Instructions(format="sql"))

    assert scan(table).rows == [("a@example.com",)]


@pytest.mark.parametrize("before", ["", "\n ;\n", "-- by hand\n", "/* 1 */ ", "# 1\n", "\\restrict a\n", "/\n", "go\n"])
@pytest.mark.parametrize("warning", ["", "mysqldump: careful\n", "\nmariadb-dump: x\n", "pg_dump: x\n", "REMARK x\n"])
@pytest.mark.parametrize(
    "first",
    [
        *(
            "insert into t (a) values (1);",
            "REPLACE t VALUES (1);",
            "INSERT INTO t SET a = 1;",
            "Create Table t (a int);",
        ),
        *("COPY t (a) FROM stdin;\n1\n\\.\n", "PRAGMA foreign_keys;", "BEGIN;", "start transaction;", "SET a = 1;"),
        *("SET NAMES utf8;", "USE shop;", "DELETE FROM t;", "SELECT 1;", "DROP TABLE t;", "LOCK TABLES t WRITE;"),
        *("ALTER TABLE t ADD b int;", "TRUNCATE TABLE t;", "CREATE SCHEMA shop;"),
    ],
)
def test_a_dump_is_known_by_its_first_statement_whatever_stands_before_it(
    tmp_path: Path, warning: str, before: str, first: str
) -> None:
    tables = tables_of(tmp_path, f"{warning}{before}{first}\nINSERT INTO t (a) VALUES (2);\n", name="dump.txt")

    assert {table.format for table in tables} == {"sql"}


def test_a_table_called_exactly_as_the_manifest_says_is_meant_alone(tmp_path: Path) -> None:
    text = "INSERT INTO public.users VALUES (1);\nINSERT INTO shop.Users VALUES (2);\n"

    assert [table.name for table in tables_of(tmp_path, text, Instructions(table="users"))] == ["dump.sql#users"]
    assert [table.name for table in tables_of(tmp_path, text, Instructions(table="shop.users"))] == [
        "dump.sql#shop.Users"
    ]


def test_statements_of_tables_may_alternate(tmp_path: Path) -> None:
    text = "".join(f"INSERT INTO {'ab'[n % 2]} (id) VALUES ({n}), ({n + 10});\n" for n in range(10))

    a, b = tables_of(tmp_path, text)

    assert sorted(scan(a).rows) == sorted((str(n + ten),) for n in range(0, 10, 2) for ten in (0, 10))
    assert len(scan(b).rows) == 10


def test_a_table_without_rows_is_one(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, "CREATE TABLE users (id int, email text);")

    assert (table.columns, scan(table).read) == (("id", "email"), 0)


def test_a_dump_is_read_in_an_archive_and_compressed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("dump.sql", MYSQL)
    [member, _] = tables_of(tmp_path, (tmp_path / "all.zip").read_bytes(), name="all.zip")
    [packed, _] = tables_of(tmp_path, gzip.compress(MYSQL.encode()), name="dump.sql.gz")

    assert (member.name, packed.name) == ("all.zip!dump.sql#users", "dump.sql.gz#users")
    assert len(scan(member).rows) == len(scan(packed).rows) == 4


def test_a_table_that_is_named_is_the_only_one(tmp_path: Path) -> None:
    text = "INSERT INTO a VALUES (1);\nINSERT INTO s.Users VALUES (2);\n"

    assert [table.name for table in tables_of(tmp_path, text, Instructions(table="users"))] == ["dump.sql#Users"]
    assert [table.name for table in tables_of(tmp_path, text, Instructions(table="s.users"))] == ["dump.sql#Users"]


def test_a_table_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"no table people; there are a, b; check `table`"):
        tables_of(tmp_path, "INSERT INTO a VALUES (1);INSERT INTO b VALUES (1);", Instructions(table="people"))


def test_a_name_that_holds_an_address_is_masked(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, "INSERT INTO `a@example.com` VALUES (1);")

    assert "example.com" not in table.name


@pytest.mark.parametrize(
    "text",
    ["set,use\n1,2\n", "insert into the box,b\n1,2\n", "-- comment\nemail,name\na@example.com,A\n", "create,b\n1,2\n"],
)
def test_text_that_is_no_dump_is_not_taken_for_one(tmp_path: Path, text: str) -> None:
    assert "sql" not in {table.format for table in tables_of(tmp_path, text)}


# Dirt


def test_short_rows_are_padded_and_long_ones_rejected(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, "INSERT INTO t (a, b) VALUES (1), (2, 3), (4, 5, 6), (7, 8);")

    scanned = scan(table)

    assert sorted(scanned.rows) == [("1", None), ("2", "3"), ("7", "8")]
    assert scanned.rejects == {"too many columns": 1}


def test_a_row_of_many_columns_that_does_not_fit_is_told_without_trying_every_way(tmp_path: Path) -> None:
    row = ",".join(f"'v{number}'" for number in range(100))
    columns = ", ".join(f"c{number}" for number in range(100))
    [table] = tables_of(tmp_path, f"INSERT INTO t ({columns}) VALUES ({row}),({row},1),({row});")

    scanned = scan(table)

    assert (len(scanned.rows), scanned.rejects) == (2, {"too many columns": 1})


@pytest.mark.parametrize("head", ["", "-- MySQL dump `x`\n", "PRAGMA x;\n"])
def test_a_stray_quote_costs_one_record_and_swallows_nobody(tmp_path: Path, head: str) -> None:
    first, last = (
        ",".join(f"({number},'u{number}@example.com','x')" for number in numbers)
        for numbers in (range(250), range(251, 500))
    )
    torn = f"{head}INSERT INTO t (id, email, c) VALUES {first},(250,'u250@example.com,'x'),{last};\n"
    [table] = tables_of(tmp_path, f"{torn}INSERT INTO t VALUES (500,'z','');\n")

    scanned = scan(table)

    assert sorted(int(row[0] or 0) for row in scanned.rows) == [*range(250), *range(251, 501)]
    assert scanned.rejects == {"malformed row": 1}


@pytest.mark.parametrize("torn", ["250,'u250@example.com',':)','x", "250,u250@example.com',':)','x'", "250,'',:)','x'"])
@pytest.mark.parametrize("between", [",", ",\n", ");\nINSERT INTO t (id, email, c, d) VALUES ("])
def test_a_row_that_ends_within_a_value_hides_nobody_behind_it(tmp_path: Path, torn: str, between: str) -> None:
    rows = [f"{at},'u{at}@example.com',':)',';)'" for at in range(500)]
    rows[250] = torn
    between = between if "INSERT" in between else f"){between}("
    [table] = tables_of(tmp_path, f"INSERT INTO t (id, email, c, d) VALUES ({between.join(rows)});\n")

    scanned = scan(table)

    assert sorted(int(row[0] or 0) for row in scanned.rows) == [*range(250), *range(251, 500)]
    assert scanned.rejects == {"malformed row": 1}


@pytest.mark.parametrize(
    "between",
    [";", " ; -- next\n", "\n  SET IDENTITY_INSERT t ON\n", " ON CONFLICT DO NOTHING;", "\nGO\n", " /* ; */;/* ; */"],
)
def test_a_row_ends_its_statement_where_another_may_follow(tmp_path: Path, between: str) -> None:
    text = "".join(f"INSERT INTO t (a, b) VALUES ({at}, ':)'){between}" for at in range(3))
    [table] = tables_of(tmp_path, text)

    scanned = scan(table)

    assert (sorted(scanned.rows), scanned.rejects) == ([("0", ":)"), ("1", ":)"), ("2", ":)")], {})


def test_a_quote_that_is_never_closed_costs_one_record(tmp_path: Path) -> None:
    rows = "".join(f"INSERT INTO t VALUES (1{number:03},'x');\n" for number in range(100))
    [table] = tables_of(tmp_path, f"CREATE TABLE t (id int, c text);\nINSERT INTO t VALUES (1,'x);\n{rows}")

    scanned = scan(table)

    assert (len(scanned.rows), scanned.rejects) == (100, {"malformed row": 1})


def test_a_quote_that_is_never_closed_elsewhere_swallows_no_row(tmp_path: Path) -> None:
    text = "SET @a = 'x;\nINSERT INTO t (id) VALUES (1);\nCOMMENT ON t IS 'it;\nCOPY t (id) FROM stdin;\n2\n\\.\n"

    assert rows_of(tmp_path, text) == [("1",), ("2",)]


def test_a_dump_that_is_cut_short_gives_what_is_whole(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, "INSERT INTO t (id, e) VALUES (1,'a@example.com'),(2,'b@exam")

    scanned = scan(table)

    assert (scanned.rows, scanned.rejects) == ([("1", "a@example.com")], {"malformed row": 1})


def test_both_ways_to_escape_may_stand_in_one_dump(tmp_path: Path) -> None:
    text = r"INSERT INTO t (a, b) VALUES ('C:\','x'), ('it\'s','y'), ('it''s','z');"

    assert rows_of(tmp_path, text) == [("C:\\", "x"), ("it's", "y"), ("it's", "z")]


def test_bytes_that_are_not_utf8_lose_nobody(tmp_path: Path) -> None:
    good = "".join(f"INSERT INTO t VALUES ('u{number}@example.com','Zoë');\n" for number in range(50)).encode()

    assert ("a@example.com", "Jos\ufffd") in rows_of(
        tmp_path, good + b"INSERT INTO t VALUES ('a@example.com','Jos\xe9');\n"
    )


def test_line_ends_within_values_are_line_feeds_and_zero_bytes_nothing(tmp_path: Path) -> None:
    assert rows_of(tmp_path, b"INSERT INTO t VALUES ('a\r\nb\rc\0',1);") == [("a\nb c", "1")]


def test_a_row_longer_than_what_is_looked_at_is_read(tmp_path: Path) -> None:
    text = f"INSERT INTO t (a, b, c) VALUES (1,'{'x' * 3_000_000}','a@example.com'),(2,'y','b@example.com');"
    [table] = tables_of(tmp_path, text)

    assert sorted(scan(table, ["a", "c"]).rows) == [("1", "a@example.com"), ("2", "b@example.com")]


def test_a_row_longer_than_memory_should_hold_is_one_rejected_record(tmp_path: Path) -> None:
    text = f"INSERT INTO t (a, b) VALUES (1,'{'x' * 18_000_000}'),(2,'b@example.com'),(3,'c@example.com');"
    [table] = tables_of(tmp_path, text)

    scanned = scan(table)

    assert {row[0] for row in scanned.rows} == {"2", "3"}
    assert scanned.rejects == {"malformed row": 1}


def test_a_table_can_be_scanned_again(tmp_path: Path) -> None:
    [table] = tables_of(tmp_path, POSTGRES)

    assert scan(table) == scan(table)


# Properties

nasty = st.text(st.sampled_from("ab'\"\\\n\t;(),x-#$N[]é@/*`E"), max_size=12)
wild = st.lists(st.lists(st.none() | nasty, min_size=3, max_size=3), min_size=1, max_size=8)
Writer = Callable[[str], str]


def standard(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def with_backslashes(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def pieces_of(text: str, size: int) -> Iterator[str]:
    smuggled = text.encode().decode(SMUGGLED)
    return iter([smuggled[at : at + size] for at in range(0, len(smuggled), size)])


def plain(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[value.encode(SMUGGLED).decode() for value in row] for row in rows]


@pytest.mark.parametrize(("write", "has_backslashes"), [(standard, False), (with_backslashes, True)])
@given(rows=wild, size=st.integers(1, 40), blank=st.sampled_from(["", " ", "\n  "]))
@example(rows=[["\\", "'", None]], size=1, blank="")
def test_values_are_read_as_they_were_written(
    write: Writer, has_backslashes: bool, rows: list[list[str | None]], size: int, blank: str
) -> None:
    written = [
        f"{blank}({f',{blank}'.join('NULL' if value is None else write(value) for value in row)}{blank})"
        for row in rows
    ]
    dialect = Dialect(has_backslashes)
    window = Window(pieces_of(",".join(written) + ";", size), room=64)
    left = LeftOut()

    inserted = Inserted(window, [Grammar(dialect), Grammar(dialect.other)], 3, [2, 0, 1], left)

    assert plain([*inserted.rows()]) == [[row[at] or "" for at in (2, 0, 1)] for row in rows]
    assert (window.text[window.at :], left) == (";", {})


@given(rows=wild, size=st.integers(1, 40))
def test_copied_values_are_read_as_they_were_written(rows: list[list[str | None]], size: int) -> None:
    def copy(value: str | None) -> str:
        return r"\N" if value is None else value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")

    text = "".join("\t".join(map(copy, row)) + "\n" for row in rows)
    window = Window(pieces_of(text + "\\.\n", size), room=64)
    left = LeftOut()

    assert plain([*copied(window, 3, [0, 1, 2], left)]) == [[value or "" for value in row] for row in rows]
    assert (window.text[window.at :].strip(), left) == ("", {})


@given(text=st.text(st.sampled_from("ab'\"\\\n;(),INSERT"), max_size=60))
def test_rows_are_read_or_rejected_whatever_is_written(text: str) -> None:
    left = LeftOut()
    window = Window(pieces_of(text, 7), room=16)

    rows = [*Inserted(window, [Grammar(Dialect(True)), Grammar(Dialect(False))], 2, [0, 1], left).rows()]

    assert all(len(row) == 2 for row in rows)


ROWS = ["INSERT INTO t VALUES (1,'a')", "COPY t (a, b) FROM stdin;\n", "\\.\n", "CREATE TABLE t (a int, b text)"]
MARKS = [*"'\"`(),;\n\\#", "--", "/*", "*/", "$$", "\\connect x\n", "USE y;", "DELIMITER ;;\n"]
parts = st.sampled_from([*ROWS, *MARKS])


@settings(max_examples=40)
@given(st.lists(parts, max_size=30).map("".join))
def test_a_dump_is_read_to_its_end_whatever_is_written(text: str) -> None:
    with TemporaryDirectory() as folder:
        for table in tables_of(Path(folder), f"SET x = 1;\n{text}"):
            for row in scan(table).rows:
                assert len(row) == len(table.columns)


@settings(max_examples=40)
@given(rows=wild)
def test_a_dump_gives_the_rows_of_the_database_it_was_made_of(rows: list[list[str | None]]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection, TemporaryDirectory() as folder:
        connection.execute("CREATE TABLE t (a, b, c)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        connection.commit()
        [table] = tables_of(Path(folder), "\n".join(connection.iterdump()))
        scanned = scan(table)

    assert Counter(scanned.rows) == Counter(tuple(value or None for value in row) for row in rows)
    assert scanned.rejects == {}


def test_a_packed_dump_of_many_tables_is_unpacked_for_its_list_and_to_be_kept(tmp_path: Path) -> None:
    tables = range(6)
    text = "".join(f"INSERT INTO t{n} (id, email) VALUES ({n}, 'u{n}@example.com'), (7, 'é{n}');\n" for n in tables)
    opened: list[BytesIO] = []

    def opening() -> BytesIO:
        opened.append(BytesIO(text.encode("utf-16")))
        return opened[-1]

    file = sources.DataFile("dump.sql", tmp_path, None, 0, opening, _spool=Spool(tmp_path))
    for table in [*formats.tables(file, Instructions())] * 2:
        number = table.name[-1]
        assert scan(table).rows == [(number, f"u{number}@example.com"), ("7", f"é{number}")]

    assert len(opened) == 3  # its first bytes, its list, and all of it
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_much_to_keep_is_unpacked_for_each_table(tmp_path: Path) -> None:
    file = sources.DataFile("dump.sql", None, None, 0, BytesIO, _spool=Spool(tmp_path))

    assert file.keep([b"x"], 1 << 60) is None
