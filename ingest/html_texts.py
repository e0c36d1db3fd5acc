"""HTML as others write it, turned into the CommonMark of this house: no HTML, no pictures, links to https alone."""

import re
from html.parser import HTMLParser

_MARKS = re.compile(r"([\\`*_\[\]<>&])")
_BLOCK_MARKS = re.compile(r"^(\d*)([-+#=~]|(?<=\d)[.)])", re.MULTILINE)
_END = re.compile(r"(?:\\\n|\s)+\Z")
_SPACE = re.compile(r"[\s\x00-\x1f]+")
_SPACES = re.compile(r" +")
# An opening mark stands between \x00 and \x01 while its paragraph is read, a closing one between \x02 and \x03.
_CONTROLS = re.compile(r"[\x00-\x03]")
_EMPTY = re.compile(r"\x00[^\x01]*\x01( *)\x02[^\x03]*\x03")
_SPACE_BEHIND_OPENING = re.compile(r"((?:\x00[^\x01]*\x01)+)( +)")
_SPACE_BEFORE_CLOSING = re.compile(r"( +)((?:\x02[^\x03]*\x03)+)")
_AROUND = {"em": "*", "i": "*", "strong": "**", "b": "**"}
_BREAKS = {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "tr"}
_UNSEEN = {"script", "style", "title", "template", "noscript", "svg"}


def as_commonmark(html: str) -> str:
    """What *html* says, in CommonMark; of what has no place there only the words are left."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def is_https(link: str) -> bool:
    return re.fullmatch(r"https://[^\s<>()@]+", link) is not None


class _Reader(HTMLParser):
    """Gathers paragraphs; emphasis and links are closed where their paragraph ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[str] = []
        self._open: list[tuple[str, str]] = []  # tag, and what closes it
        self._line = ""
        self._start = ""
        self._unseen = 0

    def text(self) -> str:
        self._end_paragraph()
        return "\n\n".join(self._done).replace("\n\n- ", "\n- ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BREAKS:
            self._end_paragraph()
        elif tag == "li":
            self._end_paragraph()
            self._start = "- "
        elif tag == "br":
            self._line = self._line.rstrip() + "\\\n" if self._line.strip() else ""
        elif tag == "a" and is_https(link := dict(attrs).get("href") or ""):
            self._begin(tag, "[", f"]({link})")
        elif tag in _AROUND:
            self._begin(tag, _AROUND[tag], _AROUND[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _BREAKS or tag == "li":
            self._end_paragraph()
        elif any(tag == one for one, _ in self._open):
            while self._open:
                last, _ = self._open[-1]
                self._end_last()
                if last == tag:
                    return

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._line += _MARKS.sub(r"\\\1", _SPACE.sub(" ", data))

    def _begin(self, tag: str, mark: str, closing: str) -> None:
        if not any(tag == one or _AROUND.get(tag) == _AROUND.get(one, "") for one, _ in self._open):
            self._open.append((tag, closing))
            self._line += f"\x00{mark}\x01"

    def _end_last(self) -> None:
        _, closing = self._open.pop()
        self._line += f"\x02{closing}\x03"

    def _end_paragraph(self) -> None:
        while self._open:
            self._end_last()
        line = _tidied(self._line)
        if line:
            self._done.append(self._start + line)
            self._start = ""
        self._line = ""


def _tidied(line: str) -> str:
    """*line*, whose marks stand between controls, with these close to the words that they are about."""
    while (again := _EMPTY.sub(r"\1", line)) != line:
        line = again
    line = _SPACE_BEHIND_OPENING.sub(r"\2\1", line)
    line = _SPACE_BEFORE_CLOSING.sub(r"\2\1", line)
    text = _SPACES.sub(" ", _CONTROLS.sub("", line)).lstrip()
    return _BLOCK_MARKS.sub(r"\1\\\2", "\n".join(part.strip() for part in _END.sub("", text).split("\n")))
