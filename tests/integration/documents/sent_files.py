"""Files as people send them: sound ones, and each kind that must be refused, really made."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Dictionary, Name, Pdf, String
from PIL import Image


def pdf(change: Callable[[Pdf], None] | None = None, **saved: object) -> bytes:
    """A PDF of one blank page, after ``change``."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if change:
            change(made)
        made.save(out, **saved)  # type: ignore[arg-type]
    return out.getvalue()


def image(kind: str, size: tuple[int, int] = (200, 280)) -> bytes:
    """An image of noise, so that it does not shrink to nothing."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).save(out, kind)
    return out.getvalue()


def _opens_script(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _link_launches(made: Pdf) -> None:
    action = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    made.pages[0].Annots = pikepdf.Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])


def _named_script(made: Pdf) -> None:
    script = made.make_indirect(Dictionary(S=Name.JavaScript, JS=made.make_stream(b"app.alert(1)")))
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=[String("a"), script]))


def _page_acts(made: Pdf) -> None:
    made.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("https://example.com")))


def _opens_address(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://example.com"))


def _xfa(made: Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=[], XFA=made.make_stream(b"<xdp/>"))


def _holds(name: str, content: bytes) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        made.attachments[name] = content

    return change


def _opens_at_page(made: Pdf) -> None:
    made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, Name.Fit])


SOUND: dict[str, bytes] = {
    "plain": pdf(),
    "opens at a page": pdf(_opens_at_page),
    "holds data": pdf(_holds("donnees.json", b"{}")),
    "object streams": pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
}
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty_file"),
    "not a PDF": (b"PK\x03\x04" + bytes(99), "bad_kind"),
    "too large": (b"%PDF-1.7" + bytes(20 * 2**20), "too_large"),
    "only a head": (b"%PDF-1.7\n", "damaged"),
    "truncated": (pdf(_holds("donnees.json", bytes(5000)))[:-400], "damaged"),
    "closed by a password": (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted"),
    "opens by itself, encrypted": (pdf(encryption=pikepdf.Encryption(owner="a", user="")), "encrypted"),
    "opens a script": (pdf(_opens_script), "scripted"),
    "a link launches": (pdf(_link_launches), "scripted"),
    "a named script": (pdf(_named_script, object_stream_mode=pikepdf.ObjectStreamMode.generate), "scripted"),
    "a page acts": (pdf(_page_acts), "scripted"),
    "opens an address": (pdf(_opens_address), "scripted"),
    "XFA": (pdf(_xfa), "scripted"),
    "holds a program": (pdf(_holds("facture.exe", b"MZ" + bytes(60))), "attached"),
    "holds a program named as data": (pdf(_holds("facture.txt", b"MZ" + bytes(60))), "attached"),
    "holds an unknown file": (pdf(_holds("macro.docm", b"data")), "attached"),
}
