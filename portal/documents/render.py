"""From a snapshot to HTML and to the bytes of a PDF: pure functions of the snapshot and the templates.

WeasyPrint is imported here only, on first use (design: heavy libraries). Every file is PDF/A-3a and PDF/UA-1, with its
snapshot as canonical JSON inside and, where the template has their places, empty signature fields (see ``finish``).
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.template.loader import get_template, render_to_string

from portal.common.canonical import canonical, sha256_of
from portal.documents.finish import finish

ASSETS = Path(__file__).parent / "assets"
STYLESHEET = "asset:document.css"
VARIANT = "pdf/a-3a"
DATA_FILE = "donnees.json"
NOWHERE = "http://not-packaged.invalid/"  # what relative addresses lead to: refused like any other
_PARENT = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"']+)["']""")
_one_at_a_time = threading.Lock()  # Pango's font map, shared below, is not safe across threads


class MissingAsset(Exception):
    """A document names a resource that is not packaged with the portal: it must not be issued."""


@dataclass(frozen=True)
class Rendered:
    """A PDF and its number of pages."""

    content: bytes
    pages: int


@dataclass(frozen=True)
class _Engine:
    weasyprint: ModuleType
    fonts: Any
    stylesheet: Any


def html(template_name: str, snapshot: dict[str, Any], draft: bool = False) -> str:
    """The HTML of a document. A draft carries « BROUILLON – sans valeur » on every page."""
    context = {"doc": snapshot, "frame": snapshot["frame"], "fingerprint": sha256_of(snapshot), "draft": draft}
    return render_to_string(template_name, context)


def pdf(html: str) -> bytes:
    """The PDF of an HTML document: same HTML, same bytes."""
    return rendered(html).content


def draft_pdf(template_name: str, snapshot: dict[str, Any]) -> bytes:
    """A watermarked preview, for the screen only: never stored, never signed."""
    return pdf(html(template_name, snapshot, draft=True))


def rendered(html: str, snapshot: dict[str, Any] | None = None) -> Rendered:
    """The PDF of an HTML document with its number of pages; it carries ``snapshot``, from which the HTML was made.

    Raises ``MissingAsset`` for a resource not packaged.
    """
    with _one_at_a_time:
        engine = _engine()
        source = engine.weasyprint.HTML(string=html, base_url=NOWHERE, url_fetcher=_fetch)
        identifier = hashlib.sha256(html.encode()).digest()[:16]
        try:
            document = source.render(
                font_config=engine.fonts,
                stylesheets=[engine.stylesheet],
                pdf_variant=VARIANT,
                pdf_identifier=identifier,
            )
            if snapshot is not None:
                document.metadata.attachments = [_data(engine, snapshot)]
            content = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier, finisher=finish)
        except engine.weasyprint.urls.FatalURLFetchingError as error:
            raise MissingAsset(str(error)) from None
    return Rendered(content=content, pages=len(document.pages))


def _data(engine: _Engine, snapshot: dict[str, Any]) -> Any:
    """The snapshot as an attached file, dated like the facts: a clock's hour would make other bytes each time."""
    stated = snapshot["frame"]["made_at"]
    made_at = datetime.fromisoformat(stated) if stated else datetime(1970, 1, 1, tzinfo=UTC)
    return engine.weasyprint.Attachment(
        string=canonical(snapshot).decode(),
        name=DATA_FILE,
        description="Données du document (JSON canonique)",
        created=made_at,
        modified=made_at,
        relationship="Source",
    )


@lru_cache
def template_reference(template_name: str) -> str:
    """``name@digest``: the digest covers the template, those that it extends or includes, and the assets."""
    digest = hashlib.sha256()
    for name in sorted(_sources(template_name)):
        digest.update(f"{name}\0{_source(name)}\0".encode())
    for asset in sorted(path for path in ASSETS.iterdir() if path.is_file()):
        digest.update(asset.name.encode() + b"\0" + asset.read_bytes() + b"\0")
    return f"{template_name}@{digest.hexdigest()[:16]}"


def _sources(template_name: str) -> set[str]:
    names, waiting = set[str](), [template_name]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting.extend(_PARENT.findall(_source(name)))
    return names


def _source(template_name: str) -> str:
    source: str = get_template(template_name).template.source  # type: ignore[attr-defined]
    return source


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """WeasyPrint with the one font configuration of the process (a new one for each document leaks memory)."""
    import weasyprint
    import weasyprint.text.fonts
    import weasyprint.urls

    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    fonts = weasyprint.text.fonts.FontConfiguration()
    stylesheet = weasyprint.CSS(url=STYLESHEET, url_fetcher=_fetch, font_config=fonts)
    return _Engine(weasyprint, fonts, stylesheet)


def _fetch(url: str) -> Any:
    """Serve ``asset:<name>`` from the packaged assets; anything else, network included, stops the rendering."""
    import weasyprint.urls

    name = url.removeprefix("asset:")
    path = ASSETS / name
    if name == url or "/" in name or not path.is_file():
        raise weasyprint.urls.FatalURLFetchingError(f"not a packaged asset: {url}")
    kind = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}[path.suffix]
    return weasyprint.urls.URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
