"""Encrypted 7z archives: what is decrypted here is what was packed, by whatever methods, as often as it is read."""

from pathlib import Path

import py7zr
import pytest

from ingest import sources
from ingest.archives.seven_zip_keys import METHOD, unlocking

AES = {"id": py7zr.FILTER_CRYPTO_AES256_SHA256}
CHAINS = {
    "usual": None,
    "LZMA2": [{"id": py7zr.FILTER_LZMA2, "preset": 1}, AES],
    "zstd": [{"id": py7zr.FILTER_ZSTD}, AES],
    "deflate": [{"id": py7zr.FILTER_DEFLATE}, AES],
    "bzip2": [{"id": py7zr.FILTER_BZIP2}, AES],
    "not packed": [{"id": py7zr.FILTER_COPY}, AES],
    "AES alone": [AES],
}
TEXTS = ["", "email\n", "email\na@example.com\n" * 7, "x" * 100_000]
PASSWORD = "sésame"


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
@pytest.mark.parametrize("hides_names", [False, True])
def test_what_was_packed_is_read_as_often_as_one_likes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chain: list[dict[str, int]] | None, hides_names: bool
) -> None:
    monkeypatch.setenv("BREACHCHECK_ARCHIVE_PASSWORD", PASSWORD)
    with py7zr.SevenZipFile(
        tmp_path / "all.7z", "w", password=PASSWORD, filters=chain, header_encryption=hides_names
    ) as archive:
        for number, text in enumerate(TEXTS):
            archive.writestr(text, f"{number}.csv")

    files = [one for one in sources.find("all.7z", tmp_path) if isinstance(one, sources.DataFile)]

    for _ in range(2):
        assert [b"".join(file.chunks()).decode() for file in files] == TEXTS[1:]


@pytest.mark.parametrize(
    ("method", "properties", "password"),
    [
        (b"\x21", b"\x18", "x"),
        (METHOD, b"\x13", "x"),
        (METHOD, b"", "x"),
        (METHOD, bytes([0x53, 0x0F]) + bytes(16), None),
    ],
)
def test_what_is_not_encrypted_as_usual_is_left_to_the_library(
    method: bytes, properties: bytes, password: str | None
) -> None:
    assert unlocking({"method": method, "properties": properties}, password) is None
