"""The export of the drill: one encrypted zip, as ugly as they come, and what of whom is in it.

``make practice`` writes it, to walk docs/worst-day.md by hand; PASSWORD opens it.
"""

import sys
from pathlib import Path

import pyzipper

from tests.drill import mixpanel, tables
from tests.drill.truth import Truth

NAME = "export.zip"
PASSWORD = "zwölf Boxkämpfer"


def make(folder: Path, password: str = PASSWORD) -> Truth:
    """Write the export to *folder*."""
    truth = Truth()
    members = {
        **dict.fromkeys(["lumenpost/", "lumenpost/people/", "lumenpost/crm/", "__MACOSX/"], b""),
        **{f"lumenpost/{name}": page for name, page in mixpanel.pages(truth).items()},
        **{f"lumenpost/{name}": lines for name, lines in mixpanel.events(truth).items()},
        "lumenpost/crm/Kunden.csv": tables.customers(truth),
        "lumenpost/crm/Partner.xlsx": tables.workbook(truth),
        "lumenpost/shop/shop.sql": tables.dump(truth),
        "lumenpost/Begleitbrief.pdf": b"%PDF-1.7\n%a letter that nobody can read\n",
        "lumenpost/.DS_Store": b"\0\0\0\1Bud1",
        "__MACOSX/lumenpost/._Begleitbrief.pdf": b"\0\5\x16\7",
    }
    with pyzipper.AESZipFile(
        folder / NAME, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password.encode())
        for name, content in members.items():
            archive.writestr(name, content)
    return truth


if __name__ == "__main__":
    make(Path(sys.argv[1]))
    sys.stdout.write(f"Wrote {Path(sys.argv[1]) / NAME}, whose password is: {PASSWORD}\n")
