"""Look: pictures and colours of a site's own, and all that is refused before anything starts."""

import struct
import zlib

import pytest

from breachcheck.errors import ConfigError
from breachcheck.settings import look
from breachcheck.settings.drawings import MOST_BYTES
from breachcheck.settings.look import Look

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120 40">{}</svg>'
HARMLESS = (
    '<path d="M0 0h9v9z" style="fill:url(#g)"/>',
    '<defs><linearGradient id="g"/></defs><rect fill="url(#g)" width="9" height="9"/>',
    '<style>.a { fill: #c00 } .b { fill: url("#g") }</style><circle class="a" r="4"/>',
    '<use xlink:href="#g"/><use href="#g"/>',
    '<image href="data:image/png;base64,iVBORw0KGgo=" width="9" height="9"/>',
    '<g xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:export-filename="C:\\logo.svg"/>',
    "<title>Example &amp; sons</title>",
)
ACTIVE = (
    "<script>alert(1)</script>",
    '<script href="https://evil.example/x.js"/>',
    '<rect onload="alert(1)"/>',
    '<rect ONCLICK="alert(1)"/>',
    '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
    '<img xmlns="http://www.w3.org/1999/xhtml" src="x"/>',
    '<animate attributeName="href" values="javascript:alert(1)"/>',
    '<set attributeName="onmouseover" to="alert(1)"/>',
)
LEADING_OUT = (
    '<image href="https://evil.example/x.png"/>',
    '<image xlink:href="//evil.example/x.png"/>',
    '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    '<image href="data:text/html,hello"/>',
    '<use href="other.svg#g"/>',
    '<a href="https://evil.example"><rect/></a>',
    '<a xlink:href="javascript:alert(1)"><rect/></a>',
    '<rect fill="url(https://evil.example/#g)"/>',
    "<rect style=\"fill: URL( 'https://evil.example' )\"/>",
    '<rect style="fill: u\\72l(https://evil.example)"/>',
    '<rect fill="url(https://evil.example"/>',
    "<rect style=\"background: image-set('https://evil.example/x.png' 1x)\"/>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>.a { fill: url(</style><style>https://evil.example) }</style>",
    "<style>.a { fill: <![CDATA[url(https://evil.example)]]> }</style>",
    '<g xml:base="https://evil.example/"/>',
)


def folder(place, **files):
    for name, content in files.items():
        (place / name.replace("__", ".")).write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


def png(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", len(head), b"IHDR") + head + struct.pack(">I", zlib.crc32(head))


def drawn(place, inside):
    return look.read(folder(place, logo__svg=SVG.format(inside))).logo


def refusal_of(place):
    with pytest.raises(ConfigError) as refused:
        look.read(place)
    return str(refused.value)


def test_without_a_folder_the_look_is_ours():
    assert look.read(None) == Look()


def test_what_lies_in_the_folder_is_the_look(tmp_path):
    found = look.read(folder(tmp_path, logo__svg=SVG, icon__png=png(32, 32), colours__toml='accent = "#c8102e"'))

    assert found.logo
    assert (found.logo.ending, found.logo.width, found.logo.height) == (".svg", 120, 40)
    assert found.icon
    assert (found.icon.ending, found.icon.width, found.icon.height) == (".png", 32, 32)
    assert found.accents
    assert str(found.accents.light.colour) == "#c8102e"
    assert found.logo_dark is None


def test_a_folder_that_is_not_there_or_has_nothing_of_a_look_is_refused(tmp_path):
    assert "is no folder that can be read" in refusal_of(tmp_path / "none")
    assert "none of these lies there: colours.toml, logo.svg, logo.png" in refusal_of(folder(tmp_path, logo__jpg=b"x"))


def test_two_pictures_of_one_name_are_refused(tmp_path):
    assert "has logo.svg and logo.png; keep the one" in refusal_of(folder(tmp_path, logo__svg=SVG, logo__png=png(1, 1)))


def test_a_logo_for_dark_pages_alone_is_refused(tmp_path):
    (tmp_path / "logo-dark.svg").write_text(SVG)

    assert "has a logo-dark and no logo" in refusal_of(tmp_path)


def test_colours_that_cannot_be_read_are_refused_by_the_name_of_their_file(tmp_path):
    assert "The colours in" in refusal_of(folder(tmp_path, colours__toml="accent = "))
    assert "colours.toml has no colour" in refusal_of(folder(tmp_path, colours__toml=""))
    assert "The colours in" in refusal_of(folder(tmp_path, colours__toml=b"accent = '\xff'"))


@pytest.mark.parametrize("inside", HARMLESS)
def test_a_drawing_that_has_all_it_needs_is_served_as_it_is(tmp_path, inside):
    assert drawn(tmp_path, inside).content == SVG.format(inside).encode()


@pytest.mark.parametrize("inside", ACTIVE)
def test_a_drawing_that_runs_or_moves_anything_is_refused(tmp_path, inside):
    folder(tmp_path, logo__svg=SVG.format(inside))

    assert "a picture must not run" in refusal_of(tmp_path)


@pytest.mark.parametrize("inside", LEADING_OUT)
def test_a_drawing_that_refers_to_anything_outside_it_is_refused(tmp_path, inside):
    folder(tmp_path, logo__svg=SVG.format(inside))

    assert "refers to something outside it" in refusal_of(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "it declares entities"),
        ('<?xml-stylesheet href="https://evil.example/x.css"?>' + SVG, "it takes its style from elsewhere"),
        (SVG.replace("2000/svg", "1999/html"), "it is no SVG"),
        ("<svg>", "it is no SVG"),
        ("", r"it is no SVG \(line 1: no element found\)"),
        (SVG[:-3], r"it is no SVG \(line 1:"),
        ("<?xml version='1.0' encoding='made-up'?>" + SVG, "it is no SVG|its encoding is not known"),
        (SVG.replace("0 0 120 40", "0 0 0 0"), "it has no size"),
        (SVG.replace("viewBox", "width='100%' height='5em' data-box"), "it has no size"),
        (SVG.format(" " * MOST_BYTES), "it has more than 128 KiB"),
    ],
)
def test_what_is_no_drawing_is_refused_with_the_reason(tmp_path, content, why):
    folder(tmp_path, logo__svg=content)

    with pytest.raises(ConfigError, match=rf"The picture .*logo\.svg cannot be shown: (?:{why})"):
        look.read(tmp_path)


def test_a_doctype_of_old_drawing_programs_is_no_harm(tmp_path):
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'

    assert look.read(folder(tmp_path, logo__svg=doctype + SVG)).logo


def test_a_drawing_without_a_box_has_its_width_and_height(tmp_path):
    logo = look.read(folder(tmp_path, logo__svg=SVG.replace("viewBox", "width='90px' height='30' data-box"))).logo

    assert logo
    assert (logo.width, logo.height) == (90, 30)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", png(0, 9), png(9, 5000)])
def test_what_is_no_png_of_a_sane_size_is_refused(tmp_path, content):
    assert "cannot be shown: it is no PNG" in refusal_of(folder(tmp_path, logo__png=content))


def test_a_folder_in_the_place_of_a_picture_is_no_picture(tmp_path):
    (tmp_path / "logo.svg").mkdir()

    assert "none of these lies there" in refusal_of(tmp_path)
