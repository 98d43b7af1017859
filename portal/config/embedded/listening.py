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
    family = socket.AF_INET6 if ipaddress.ip_address(options.bind).version == 6 else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.bind, options.port))
            probe.listen(1)
        except OSError as error:
            raise EmbeddedError(_reason(error, options)) from error


def _reason(error: OSError, options: Options) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"le port {options.port} est déjà pris : arrêtez l'autre programme ou choisissez-en un (PORT=8001)."
    if error.errno == errno.EACCES:
        return f"le port {options.port} demande des droits d'administrateur : choisissez un PORT à partir de 1024."
    return f"impossible d'écouter sur {options.bind}, port {options.port} : {error.strerror} (PORTAL_BIND, PORT)."


def answers(options: Options) -> bool:
    """Whether the site gives a page, a redirection or a refusal: anything but an error of its own."""
    connection = http.client.HTTPConnection(options.netloc, timeout=10.0)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
