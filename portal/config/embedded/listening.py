"""The site's address: free before the start, answering after it."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.options import Options


def require_free(options: Options) -> None:
    """Refuse now, in one line, an address that gunicorn could not take later."""
    _require_free(options.bind, options.port, "PORT", 8001)
    if options.identity_port:
        _require_free("127.0.0.1", options.identity_port, "PORTAL_IDENTITY_PORT", options.identity_port + 1)


def _require_free(bind: str, port: int, name: str, another: int) -> None:
    family = socket.AF_INET6 if ipaddress.ip_address(bind).version == 6 else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen(1)
        except OSError as error:
            raise EmbeddedError(_reason(error, bind, port, f"{name}={another}")) from error


def _reason(error: OSError, bind: str, port: int, other: str) -> str:
    name = other.partition("=")[0]
    if error.errno == errno.EADDRINUSE:
        return f"le port {port} est déjà pris : arrêtez l'autre programme ou choisissez-en un ({other})."
    if error.errno == errno.EACCES:
        return f"le port {port} demande des droits d'administrateur : choisissez un {name} à partir de 1024."
    return f"impossible d'écouter sur {bind}, port {port} : {error.strerror} (PORTAL_BIND, {name})."


def everything_answers(options: Options) -> bool:
    """Whether the site answers, and the identity provider where there is one."""
    return answers(options.netloc) and (not options.identity_port or answers(options.identity_netloc))


def answers(netloc: str) -> bool:
    """Whether a site gives a page, a redirection or a refusal: anything but an error of its own."""
    connection = http.client.HTTPConnection(netloc, timeout=10.0)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
