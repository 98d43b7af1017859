"""The last touch of a PDF, before it is written: PDF/UA beside PDF/A, and the places of the signatures.

WeasyPrint writes one variant at a time: the file is PDF/A-3a, and its metadata are completed here with what PDF/UA-1
asks for. The signature fields are made empty, tagged, where the template has an element of their ``id``: a certifying
seal allows no new field afterwards (ISO 32000-1, 12.8.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pydyf

POINTS = 0.75
"""PDF points in a CSS pixel."""
_PRINTED_LOCKED = 4 + 128

_UNIVERSAL_ACCESS = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
  <pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""


@dataclass(frozen=True)
class Place:
    """A signature field: ``anchor`` is the id of the element that it covers, ``label`` what a screen reader says.

    ``final``: the signature of this field closes the file to any other change.
    """

    anchor: str
    name: str
    label: str
    final: bool = False


ISSUER = Place("sig-issuer", "Sig_Emetteur", "Cachet électronique de l’émetteur")
CLIENT = Place("sig-client", "Sig_Client", "Signature du client", final=True)
PLACES = (ISSUER, CLIENT)


def finish(document: Any, pdf: Any) -> None:
    """WeasyPrint's ``finisher``: see the module."""
    _claim_universal_access(pdf)
    fields = [_field(document, pdf, page, place) for place in PLACES if (page := _page_of(document, place)) is not None]
    if fields:
        pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array(fields)})


def _claim_universal_access(pdf: Any) -> None:
    metadata = next(o for o in pdf.objects if getattr(o, "extra", {}).get("Type") == "/Metadata")
    metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", _UNIVERSAL_ACCESS)


def _page_of(document: Any, place: Place) -> int | None:
    return next((n for n, page in enumerate(document.pages) if place.anchor in page.anchors), None)


def _field(document: Any, pdf: Any, page_number: int, place: Place) -> bytes:
    """One empty field with its appearance, on its page and in the tree of tags; the reference of its widget."""
    page = document.pages[page_number]
    left, top, right, bottom = (value * POINTS for value in page.anchors[place.anchor])
    height = page.height * POINTS
    box = pydyf.Array([_round(v) for v in (left, height - bottom, right, height - top)])
    look = pydyf.Stream(
        [],
        {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array([0, 0, _round(right - left), _round(bottom - top)]),
        },
    )
    pdf.add_object(look)
    page_reference = pdf.page_references[page_number]
    widget = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(place.name),
            "TU": pydyf.String(place.label),
            "F": _PRINTED_LOCKED,
            "Rect": box,
            "P": page_reference,
            "AP": pydyf.Dictionary({"N": look.reference}),
        }
    )
    if place.final:
        lock = pydyf.Dictionary({"Type": "/SigFieldLock", "Action": "/All", "P": 1})
        pdf.add_object(lock)
        widget["Lock"] = lock.reference
    pdf.add_object(widget)
    _annotate(pdf, page_number, widget)
    _tag(pdf, page_reference, widget, place)
    return widget.reference  # type: ignore[no-any-return]


def _annotate(pdf: Any, page_number: int, widget: Any) -> None:
    page = _object(pdf, pdf.page_references[page_number])
    page.setdefault("Annots", pydyf.Array()).append(widget.reference)
    page["Tabs"] = "/S"


def _tag(pdf: Any, page_reference: bytes, widget: Any, place: Place) -> None:
    """Put the field in the tree of tags: a lone object reference, for pyHanko's comparison knows no array there."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    body = _object(pdf, root["K"][0])
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    reference = pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page_reference})
    pdf.add_object(reference)
    element = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": body.reference,
            "Pg": page_reference,
            "Alt": pydyf.String(place.label),
            "K": reference.reference,
        }
    )
    pdf.add_object(element)
    body["K"].append(element.reference)
    widget["StructParent"] = key = max(numbers[::2]) + 1
    numbers.extend([key, element.reference])


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _round(value: float) -> float:
    return round(value, 2)
