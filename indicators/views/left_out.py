"""The lines that a deposit left out, page by page, for the supplier that sent them."""

from __future__ import annotations

import logging
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from indicators.deposit_forms import CodeForm
from indicators.domain.codes import LINE_CODES
from indicators.models import Deposit
from indicators.services.rejects import page_of

log = logging.getLogger(__name__)
PAGE_SIZE = 25


def left_out(request: HttpRequest, deposit: Deposit) -> dict[str, Any]:
    """The lines of the page and code asked for, each with what was expected; ``unreadable`` where they are gone."""
    form = CodeForm(request.GET, codes=deposit.rejected_by_code)
    code = form.code_asked()
    total = deposit.rejected_by_code.get(code, deposit.rejected)
    page = Paginator(range(total), PAGE_SIZE).get_page(request.GET.get("page"))
    found: dict[str, Any] = {"code_form": form, "code": code, "lines_page": page, "left_out": [], "unreadable": False}
    try:
        lines = page_of(deposit, code=code, start=page.start_index() - 1, count=PAGE_SIZE)
    except OSError:
        log.exception("the rejected lines of deposit %s cannot be read", deposit.pk)
        return found | {"unreadable": True}
    return found | {"left_out": [(one, LINE_CODES[one.code]) for one in lines]}
