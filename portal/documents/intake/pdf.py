"""What a PDF that somebody sends may hold: pages and data, nothing that a reader would run, open or fetch."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

from portal.common.refusals import Refusal
from portal.documents.domain.incoming import is_plain_data

MOST_PAGES = 500
_MOST_OBJECTS = 200_000
_DEEPEST = 60
_ACTIONS = frozenset(
    (
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
    )
)
_SCRIPTED = (
    "Ce PDF contient un programme ou une action automatique (JavaScript, ouverture d’un fichier…) : il n’est pas "
    "accepté. Imprimez-le en PDF ou numérisez-le, puis envoyez cette copie."
)
_ATTACHED = (
    "Ce PDF contient un autre fichier, qui n’est pas une simple donnée : il n’est pas accepté. Enregistrez-le sans "
    "pièce jointe, puis envoyez-le de nouveau."
)
_DAMAGED = (
    "Ce PDF est incomplet ou abîmé : il ne s’ouvre pas. Téléchargez-le ou numérisez-le à nouveau, puis renvoyez-le."
)
_ENCRYPTED = (
    "Ce PDF est protégé par un mot de passe ou un chiffrement : il ne peut pas être contrôlé. Enregistrez-le sans "
    "protection, puis envoyez-le de nouveau."
)


class _TooDeep(Exception):
    """More objects than any order or scan has."""


def check_pdf(content: bytes, field: str = "file") -> list[Refusal]:
    """Refuse a PDF that is damaged, truncated, encrypted, too long, scripted, or that holds a file to be run."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            return [Refusal(code, words, field) for code, words in _found(pdf)]
    except pikepdf.PasswordError:
        return [Refusal("encrypted", _ENCRYPTED, field)]
    except _TooDeep:
        return [Refusal("too_complex", "Ce PDF est trop complexe pour être contrôlé. Numérisez-le plutôt.", field)]
    except Exception:  # noqa: BLE001  (bytes that anybody may have written: whatever the parser trips over)
        return [Refusal("damaged", _DAMAGED, field)]


def pages_of(content: bytes) -> int:
    """How many pages a PDF has that was found safe."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _found(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    if pdf.is_encrypted:
        yield "encrypted", _ENCRYPTED
        return
    if not 1 <= len(pdf.pages) <= MOST_PAGES:
        yield "too_many_pages", f"Ce PDF doit avoir de 1 à {MOST_PAGES} pages. Partagez-le, puis recommencez."
        return
    if any(_runs(node) for node in _nodes(pdf)):
        yield "scripted", _SCRIPTED
    if not all(_plain(node) for node in _nodes(pdf)):
        yield "attached", _ATTACHED


def _nodes(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, those inside others too; indirect ones once, at their own place."""
    seen = 0
    for top in [*pdf.objects, pdf.trailer]:
        waiting = [(top, 0)]
        while waiting:
            node, depth = waiting.pop()
            seen += 1
            if seen > _MOST_OBJECTS or depth > _DEEPEST:
                raise _TooDeep
            if isinstance(node, pikepdf.Array):
                inner = list(node)
            elif isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
                yield node
                inner = [value for _, value in node.items()]
            else:
                continue
            waiting += [
                (value, depth + 1)
                for value in inner
                if isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect
            ]


def _runs(node: pikepdf.Object) -> bool:
    opens = node.get("/OpenAction")
    return bool(
        "/JS" in node
        or "/AA" in node
        or "/XFA" in node
        or str(node.get("/S", "")) in _ACTIONS
        or (isinstance(opens, pikepdf.Dictionary) and str(opens.get("/S", "")) != "/GoTo")
        or str(node.get("/Subtype", "")) in ("/RichMedia", "/Screen", "/Movie", "/3D")
    )


def _plain(node: pikepdf.Object) -> bool:
    """Whether a file held, if this node holds one, is data."""
    held = node.get("/EF")
    if not isinstance(held, pikepdf.Dictionary):
        return True
    names = {str(node[key]) for key in ("/F", "/UF") if key in node}
    contents = [bytes(stream.read_bytes()) for _, stream in held.items()]
    return bool(names) and all(is_plain_data(name, content) for name in names for content in contents)
