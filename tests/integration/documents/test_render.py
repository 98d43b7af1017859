"""The renderer: deterministic, closed to the network, and honest about its templates."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from portal.documents import render
from tests.unit.documents.parts import ROOT

ORDER_TEMPLATE = "orders/documents/order.html"
ELSEWHERE = """
import json, sys, hashlib, django
django.setup()
from portal.documents import render
print(hashlib.sha256(render.pdf(render.html(sys.argv[1], json.load(sys.stdin)))).hexdigest())
"""


def test_the_same_snapshot_gives_the_same_bytes(snapshot: dict[str, Any]) -> None:
    html = render.html(ORDER_TEMPLATE, snapshot)
    assert render.pdf(html) == render.pdf(render.html(ORDER_TEMPLATE, snapshot))


def test_another_process_in_another_zone_gives_the_same_bytes(snapshot: dict[str, Any]) -> None:

    here = hashlib.sha256(render.pdf(render.html(ORDER_TEMPLATE, snapshot))).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, ORDER_TEMPLATE],
        input=json.dumps(snapshot),
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.config.settings",
            "TZ": "Asia/Tokyo",
            "PYTHONHASHSEED": "7",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


def test_one_changed_value_gives_other_bytes(snapshot: dict[str, Any]) -> None:
    other = {**snapshot, "scenario": "Autre"}
    assert render.pdf(render.html(ORDER_TEMPLATE, snapshot)) != render.pdf(render.html(ORDER_TEMPLATE, other))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AA==",
        "asset:../models.py",
        "asset:absent.png",
        "relative.png",
    ],
)
def test_only_packaged_assets_are_read(url: str) -> None:
    page = f'<html lang="fr"><head><title>t</title></head><body><img src="{url}" alt="a"></body></html>'
    with pytest.raises(render.MissingAsset):
        render.pdf(page)


def test_the_template_is_named_with_the_digest_of_all_its_sources(
    monkeypatch: pytest.MonkeyPatch, snapshot: dict[str, Any]
) -> None:
    name, _, digest = render.template_reference(ORDER_TEMPLATE).partition("@")
    assert (name, len(digest)) == (ORDER_TEMPLATE, 16)
    sources = render._sources(ORDER_TEMPLATE)
    assert {"documents/base.html", "documents/_signature.html", "documents/_colophon.html"} < sources
    whole = render._source
    for changed in sources:
        monkeypatch.setattr(render, "_source", lambda n, c=changed: whole(n) + ("!" if n == c else ""))
        render.template_reference.cache_clear()
        assert render.template_reference(ORDER_TEMPLATE) != f"{name}@{digest}"
    render.template_reference.cache_clear()
