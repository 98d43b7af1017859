"""The one door of the interface of deposit: who may come in, and how whatever goes wrong is said (RFC 9457)."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from indicators.services.tokens import token_shown
from indicators.services.uploads import UploadRefused
from indicators.views.api_answers import problem
from portal.ui.throttle import throttled

A_MINUTE = 600
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Answer = Callable[..., HttpResponseBase]


def endpoint(view: Answer) -> Answer:
    """Throttled, for a token of deposit alone, given to the view; a refusal of the services becomes a problem."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        token = token_shown(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            return problem("bad_token", {"WWW-Authenticate": 'Bearer scope="activity:deposit"'})
        try:
            return view(request, token, *args, **kwargs)
        except UploadRefused as refused:
            return problem(refused.code)
        except UnreadablePostError:
            return problem("cut")
        except OSError as error:
            if error.errno not in _FULL:
                raise
            return problem("no_room")

    slowed = throttled("activity-api", a_minute=A_MINUTE, refusal=lambda request: problem("too_many_requests"))
    return csrf_exempt(login_not_required(slowed(guarded)))
