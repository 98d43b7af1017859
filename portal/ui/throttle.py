"""Slowing down whoever asks too often: a count a minute and address, in the shared cache."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.common import clock

View = Callable[..., HttpResponseBase]
Refusal = Callable[[HttpRequest], HttpResponseBase]


def _page(request: HttpRequest) -> HttpResponseBase:
    return render(request, "ui/too_many.html", status=429)


def throttled(name: str, *, a_minute: int, refusal: Refusal = _page) -> Callable[[View], View]:
    """Refuse (429, in French) the address that asks for this view more than ``a_minute`` times within one minute.

    ``refusal``: what says so, a page where it is not given.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if _count(name, request) > a_minute:
                response = refusal(request)
                response["Retry-After"] = "60"
                return response
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _count(name: str, request: HttpRequest) -> int:
    minute = int(clock.machine_now().timestamp()) // 60
    key = f"throttle:{name}:{minute}:{client_address(request)}"
    cache.add(key, 0, timeout=120)
    try:
        return int(cache.incr(key))
    except ValueError:  # it left the cache in between
        return 1


def client_address(request: HttpRequest) -> str:
    """Who asks: behind the TLS proxy, the last address that it wrote down."""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
