"""Operators' texts: CommonMark without HTML and pictures, then cleaned once more."""

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

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


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).disable("image")
