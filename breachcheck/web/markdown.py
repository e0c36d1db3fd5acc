"""Texts as HTML: operators' CommonMark, without HTML and pictures, cleaned once more; and our own words with code."""

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")

TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "strong", "ul"}


def as_html(text: str) -> Markup:
    """*text* as paragraphs that may stand in a page; links lead to https alone."""
    cleaned = nh3.clean(
        _parser().render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https"},
        link_rel="noopener nofollow",
    )
    return Markup(cleaned)  # noqa: S704 - cleaned just above


def with_code(text: str) -> Markup:
    """*text*, what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).disable("image")
