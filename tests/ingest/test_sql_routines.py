"""What stands in functions, procedures and triggers of a dump becomes nobody, and what follows them is read."""

from pathlib import Path

import pytest

from ingest.readers.base import Instructions
from tests.ingest.scans import scan_text

INSIDE = "INSERT INTO users (id, email) VALUES (7, 'inside@example.com');\n"
INSERTS = f"{INSIDE}  {INSIDE}INSERT INTO users SET email = 'x';\n"
PROCEDURE = f"PROCEDURE a IS BEGIN\n{INSERTS}END a;\n"


def loop(body: str) -> str:
    return f"FOR x IN 1..2 LOOP\nIF x > 1 THEN\n{body}END IF;\nEND LOOP;\n"


@pytest.mark.parametrize(
    "routine",
    [
        f"CREATE FUNCTION f() RETURNS void LANGUAGE sql\n    BEGIN ATOMIC\n{INSERTS}END;\n",
        f"CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN\n{INSERTS}END; $body$ LANGUAGE plpgsql;\n",
        "CREATE FUNCTION f() RETURNS void AS '\nINSERT INTO users VALUES (new.id, now());\n' LANGUAGE sql;\n",
        "CREATE FUNCTION f() RETURNS void AS '\nINSERT INTO users VALUES (1, ''''''a'''';'');\n' LANGUAGE sql;\n",
        f"CREATE TRIGGER t AFTER INSERT ON users BEGIN\nSELECT CASE WHEN 1 THEN 'x' ELSE 2 END;\n{INSERTS}END;\n",
        f"CREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW\n{INSIDE}",
        f"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO\n{INSIDE}",
        f"CREATE RULE r AS ON INSERT TO users DO ALSO\n{INSIDE}",
        f"DELIMITER ;;\nCREATE PROCEDURE p() BEGIN\n{INSERTS}END;;\nDELIMITER ;\n",
        f"DELIMITER $$\nCREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW\n{INSIDE}$$\nDELIMITER ;\n",
        f"CREATE OR REPLACE TRIGGER t DECLARE x NUMBER;\nBEGIN\nBEGIN\n{INSERTS}END;\n{INSIDE}END;\n/\n",
        f"CREATE TRIGGER t BEFORE INSERT ON users DECLARE x NUMBER;\nBEGIN\n-- it's\n{loop(INSERTS)}END;\n/\n",
        f"CREATE OR REPLACE EDITIONABLE PROCEDURE p as x number := 5;\nbegin\n{INSERTS}end;\n/\n",
        f"CREATE PACKAGE BODY p AS\n{PROCEDURE}{PROCEDURE}END;\n/\n",
        f"GO\nCREATE PROCEDURE p @e int AS\nBEGIN\n{INSERTS}END\n{INSERTS}GO\n",
        f"GO\n/* it's */\nCREATE TRIGGER t ON users AFTER INSERT AS\n{INSIDE}GO\n",
        f"CREATE PROC [dbo].[p] AS\n{INSIDE}go\n",
        f"GO\nALTER PROCEDURE p AS -- it's\n{INSIDE}GO\n",
    ],
)
def test_a_routine_brings_nobody_and_hides_nobody(tmp_path: Path, routine: str) -> None:
    rows = [f"INSERT INTO users (id, email) VALUES ({at}, 'u{at}@example.com');\n" for at in range(3)]
    text = rows[0] + routine + rows[1] + routine.replace("\n", "\r\n") + rows[2]

    scanned = scan_text(tmp_path, text, name="dump.sql")

    assert sorted(scanned.rows) == [(str(at), f"u{at}@example.com") for at in range(3)]
    assert scanned.rejects == {}


@pytest.mark.parametrize(
    "routine",
    [
        "CREATE TRIGGER [t] AFTER INSERT ON users BEGIN\nSELECT 1;\nEND;\n",
        "CREATE OR REPLACE FUNCTION f() RETURNS int AS 'select 1' LANGUAGE sql;\n",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$select 1;$$;\n",
        "CREATE OR REPLACE RULE r AS ON INSERT TO users DO ALSO NOTHING;\n",
        "CREATE OR REPLACE TRIGGER t AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();\n",
    ],
)
def test_a_line_within_a_value_ends_no_routine(tmp_path: Path, routine: str) -> None:
    text = f"{routine}INSERT INTO users (id, note) VALUES (1, 'x');\nINSERT INTO users VALUES (2, 'a\n/\nb');\n"

    scanned = scan_text(tmp_path, text, Instructions(format="sql"), name="dump.sql")

    assert sorted(scanned.rows) == [("1", "x"), ("2", "a\n/\nb")]


def test_the_last_batch_needs_no_mark_behind_it(tmp_path: Path) -> None:
    text = f"INSERT INTO users (id) VALUES (1)\nGO\nCREATE PROC p AS\n{INSIDE}"

    assert scan_text(tmp_path, text, name="dump.sql").rows == [("1",)]


def test_a_remark_that_quotes_statements_brings_nobody(tmp_path: Path) -> None:
    remark = "COMMENT ON TABLE users IS 'as in\nINSERT INTO users VALUES (5, ''x'');\n';\n"

    scanned = scan_text(tmp_path, f"SET x = 1;\n{remark}INSERT INTO users (id, c) VALUES (1, 2);\n", name="dump.sql")

    assert (scanned.rows, scanned.rejects) == ([("1", "2")], {})
