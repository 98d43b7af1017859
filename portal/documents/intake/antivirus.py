"""ClamAV, where an operator configured it: the file is streamed to its daemon (INSTREAM), nothing is written."""

from __future__ import annotations

import socket
import struct

from django.conf import settings

from portal.common.refusals import Refusal, refuse

_CONNECT, _ANSWER = 5.0, 60.0
"""Seconds to wait for the daemon, and for each part of its answer."""
_CHUNK, _LONGEST_ANSWER = 64 * 1024, 4096


_DOWN = (
    "Ce fichier n’a pas pu être contrôlé par l’antivirus du portail : il n’a pas été gardé. Réessayez dans quelques "
    "minutes."
)


def check_virus(content: bytes, field: str = "file") -> list[Refusal]:
    """Refuse what the daemon names a virus; nothing is asked where none is configured.

    Raises ``Refused`` (``antivirus_down``) where the daemon does not answer as expected: an unseen file never passes.
    """
    if not settings.CLAMAV_ADDRESS:
        return []
    try:
        answer = _asked(settings.CLAMAV_ADDRESS, content)
    except OSError as error:
        raise refuse("antivirus_down", _DOWN, field) from error
    if answer.endswith(" FOUND"):
        words = "L’antivirus du portail a reconnu un programme malveillant dans ce fichier : il n’a pas été gardé. "
        return [Refusal("virus", words + "Vérifiez votre poste, puis envoyez un autre fichier.", field)]
    if answer != "stream: OK":
        raise refuse("antivirus_down", _DOWN, field)
    return []


def _asked(address: str, content: bytes) -> str:
    with _connected(address) as daemon:
        daemon.settimeout(_ANSWER)
        daemon.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            daemon.sendall(struct.pack("!I", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            part = daemon.recv(_LONGEST_ANSWER)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _connected(address: str) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_CONNECT)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection
