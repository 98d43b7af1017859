"""Deposit by machine: the core of tus 1.0 with creation, checksum, expiration and termination, and a result to read.

See docs/API.md. Every refusal is a problem of RFC 9457 with a code.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date

from indicators.deposit_selectors import get_upload
from indicators.domain.log_format import MAX_UNPACKED
from indicators.models import ActivityToken, Upload
from indicators.services.rejects import as_sent
from indicators.services.uploads import Announced, UploadRefused, finish, give_up, send, start_upload
from indicators.views.api_answers import VERSION, problem, result, settled
from indicators.views.api_door import endpoint
from portal.common.patient_numbers import check_file_name

_BLOCK = 1024 * 1024
_KEPT = timedelta(days=1)
_PIECE = "application/offset+octet-stream"


@endpoint
def uploads(request: HttpRequest, token: ActivityToken) -> HttpResponseBase:
    """POST announces a file and gives its address; OPTIONS says what is understood."""
    if request.method == "OPTIONS":
        return _options()
    if request.method != "POST":
        return problem("bad_method", {"Allow": "OPTIONS, POST"})
    _same_version(request)
    found = start_upload(token, _announced(request))
    response = settled(result(found), status=201, headers=_where(found))
    response["Location"] = reverse("indicators:api_upload", args=[found.pk])
    return response


@endpoint
def upload(request: HttpRequest, token: ActivityToken, pk: UUID) -> HttpResponseBase:
    """HEAD tells how much arrived, PATCH adds a piece, GET reads what came of it, DELETE gives it up."""
    if request.method == "OPTIONS":
        return _options()
    found = get_upload(token.supplier_id, pk)
    if found is None:
        raise UploadRefused("unknown_upload")
    if request.method == "GET":
        return settled(result(finish(pk)))
    act = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}.get(request.method or "")
    if act is None:
        return problem("bad_method", {"Allow": "OPTIONS, GET, HEAD, PATCH, DELETE"})
    _same_version(request)
    return act(request, found)


@endpoint
def rejects(request: HttpRequest, token: ActivityToken, pk: UUID) -> HttpResponseBase:
    """The lines left out of an accepted file, to correct and send again."""
    found = get_upload(token.supplier_id, pk)
    if request.method != "GET":
        return problem("bad_method", {"Allow": "GET"})
    if found is None or found.deposit is None or not found.deposit.rejected:
        raise UploadRefused("unknown_upload")
    return StreamingHttpResponse(as_sent(found.deposit), content_type="text/plain; charset=utf-8")


def _head(request: HttpRequest, found: Upload) -> HttpResponse:
    if found.dropped_at is not None:
        raise UploadRefused("upload_gone")
    return settled(None, headers=_where(found) | {"Upload-Length": str(found.size)})


def _patch(request: HttpRequest, found: Upload) -> HttpResponse:
    if request.content_type != _PIECE:
        raise UploadRefused("bad_content_type")
    length = _number(request.headers.get("Content-Length", ""), "bad_length")
    offset = _number(request.headers.get("Upload-Offset", ""), "wrong_offset")
    digest = _checksum(request.headers.get("Upload-Checksum", ""))
    sent = send(found.pk, offset=offset, length=length, parts=_pieces(request), digest=digest)
    return settled(None, status=204, headers=_where(sent))


def _delete(request: HttpRequest, found: Upload) -> HttpResponse:
    give_up(found.pk)
    return settled(None, status=204)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(_BLOCK):
        yield piece


def _options() -> HttpResponse:
    told = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,checksum,expiration,termination",
        "Tus-Checksum-Algorithm": "sha256",
        "Tus-Max-Size": str(MAX_UNPACKED),
    }
    return settled(None, status=204, headers=told)


def _where(found: Upload) -> dict[str, str]:
    """How much arrived, and until when the next piece is awaited."""
    told = {"Upload-Offset": str(found.received)}
    if found.deposit_id is None:
        told["Upload-Expires"] = http_date((found.touched_at + _KEPT).timestamp())
    return told


def _same_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise UploadRefused("unsupported_version")


def _announced(request: HttpRequest) -> Announced:
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    digest = told.get("sha256", "").lower()
    if not told.get("software") or not told.get("filename") or (digest and not _is_sha256(digest)):
        raise UploadRefused("bad_metadata")
    if check_file_name(told["filename"]):
        raise UploadRefused("bad_filename")
    size = _number(request.headers.get("Upload-Length", ""), "bad_length")
    return Announced(told["filename"], told["software"].replace("\0", ""), size, digest)


def _metadata(header: str) -> dict[str, str]:
    """« key base64,key base64 »."""
    found = {}
    for pair in filter(None, header.split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise UploadRefused("bad_metadata") from None
    return found


def _checksum(header: str) -> bytes:
    """« sha256 base64 »; empty where none is given."""
    if not header:
        return b""
    algorithm, _, value = header.partition(" ")
    try:
        digest = b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm != "sha256" or len(digest) != 32:
        raise UploadRefused("bad_checksum")
    return digest


def _number(text: str, code: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise UploadRefused(code)
    return int(text)


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)
