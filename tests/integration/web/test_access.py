"""Every address × every role, GET and POST: what another tenant asks for does not exist."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.integration.web import world as cast
from tests.integration.web.access import ROLES, address, every_name, login_of
from tests.integration.web.world import World, as_, end_mandates, undone, written

# One line an address and method; « in » leads to the log-in page. The object named is the last order of a pharmacy of
# the world, drafted by the distributor. The columns are ROLES: anonymous, supplier, other supplier, titulaire, other
# titulaire, adjoint, mandated distributor, distributor whose mandate ended, instructor, validator, person without role.
# Where POST changes something it is sent empty: 302 is an act done, 200 a form with its errors, 409 an act refused.
MATRIX = """
# address                            object     by   ano sup su2 tit ti2 adj dis end ins val nob
account_change_password              -          get  in  200 200 200 200 200 200 200 200 200 200
account_change_password              -          post in  200 200 200 200 200 200 200 200 200 200
account_confirm_email                -          get  in  404 404 404 404 404 404 404 404 404 404
account_confirm_email                -          post in  404 404 404 404 404 404 404 404 404 404
account_confirm_login_code           -          get  in  302 302 302 302 302 302 302 302 302 302
account_confirm_login_code           -          post in  302 302 302 302 302 302 302 302 302 302
account_email                        -          get  in  404 404 404 404 404 404 404 404 404 404
account_email                        -          post in  404 404 404 404 404 404 404 404 404 404
account_email_verification_sent      -          get  in  404 404 404 404 404 404 404 404 404 404
account_email_verification_sent      -          post in  404 404 404 404 404 404 404 404 404 404
account_inactive                     -          get  200 200 200 200 200 200 200 200 200 200 200
account_inactive                     -          post 405 405 405 405 405 405 405 405 405 405 405
account_login                        -          get  200 302 302 302 302 302 302 302 302 302 302
account_login                        -          post 200 302 302 302 302 302 302 302 302 302 302
account_logout                       -          get  in  200 200 200 200 200 200 200 200 200 200
account_logout                       -          post in  in  in  in  in  in  in  in  in  in  in
account_reauthenticate               -          get  in  200 200 200 200 200 200 200 200 200 200
account_reauthenticate               -          post in  200 200 200 200 200 200 200 200 200 200
account_reset_password               -          get  200 200 200 200 200 200 200 200 200 200 200
account_reset_password               -          post 200 200 200 200 200 200 200 200 200 200 200
account_reset_password_done          -          get  200 200 200 200 200 200 200 200 200 200 200
account_reset_password_done          -          post 405 405 405 405 405 405 405 405 405 405 405
account_reset_password_from_key      -          get  200 200 200 200 200 200 200 200 200 200 200
account_reset_password_from_key      -          post 200 200 200 200 200 200 200 200 200 200 200
account_reset_password_from_key_done -          get  200 200 200 200 200 200 200 200 200 200 200
account_reset_password_from_key_done -          post 405 405 405 405 405 405 405 405 405 405 405
account_set_password                 -          get  in  302 302 302 302 302 302 302 302 302 302
account_set_password                 -          post in  302 302 302 302 302 302 302 302 302 302
account_signup                       -          get  200 302 302 302 302 302 302 302 302 302 302
account_signup                       -          post 200 302 302 302 302 302 302 302 302 302 302
attestations:confirm                 va_reserve get  in  409 404 409 404 409 409 404 409 409 404
attestations:confirm                 va_reserve post in  409 404 409 404 409 409 404 409 409 404
attestations:lift                    va_reserve get  in  200 404 409 404 409 200 404 409 409 404
attestations:lift                    va_reserve post in  200 404 409 404 409 200 404 409 409 404
attestations:prepare                 installed  get  in  409 404 409 404 409 409 404 409 409 404
attestations:prepare                 installed  post in  409 404 409 404 409 409 404 409 409 404
attestations:refuse                  va_to_sign get  in  409 404 200 404 409 409 404 409 409 404
attestations:refuse                  va_to_sign post in  409 404 200 404 409 409 404 409 409 404
attestations:retract                 va_to_sign get  in  200 404 409 404 409 200 404 409 409 404
attestations:retract                 va_to_sign post in  302 404 409 404 409 302 404 409 409 404
attestations:sign                    va_to_sign get  in  409 404 200 404 409 409 404 409 409 404
attestations:sign                    va_to_sign post in  409 404 200 404 409 409 404 409 409 404
home                                 -          get  in  200 200 200 200 200 200 200 200 200 403
home                                 -          post in  405 405 405 405 405 405 405 405 405 405
home:advance                         -          get  in  404 404 404 404 404 404 404 404 404 404
home:advance                         -          post in  404 404 404 404 404 404 404 404 404 404
home:board                           -          get  in  200 200 200 200 200 200 200 200 200 404
home:board                           -          post in  405 405 405 405 405 405 405 405 405 405
home:document                        installed  get  in  200 404 200 404 200 200 404 200 200 404
home:document                        installed  post in  405 405 405 405 405 405 405 405 405 405
home:documents                       installed  get  in  286 404 286 404 286 286 404 286 286 404
home:documents                       installed  post in  405 405 405 405 405 405 405 405 405 405
home:dossier                         installed  get  in  200 404 200 404 200 200 404 200 200 404
home:dossier                         installed  post in  405 405 405 405 405 405 405 405 405 405
home:notices                         -          get  in  200 200 200 200 200 200 200 200 200 404
home:notices                         -          post in  405 405 405 405 405 405 405 405 405 405
home:switch                          -          get  in  200 200 200 200 200 200 200 200 200 200
home:switch                          -          post in  404 404 404 404 404 404 404 404 404 404
mfa_activate_totp                    -          get  in  302 302 302 302 302 302 302 302 302 302
mfa_activate_totp                    -          post in  302 302 302 302 302 302 302 302 302 302
mfa_authenticate                     -          get  in  302 302 302 302 302 302 302 302 302 302
mfa_authenticate                     -          post in  302 302 302 302 302 302 302 302 302 302
mfa_deactivate_totp                  -          get  in  404 404 404 404 404 404 404 404 404 404
mfa_deactivate_totp                  -          post in  404 404 404 404 404 404 404 404 404 404
mfa_download_recovery_codes          -          get  in  404 404 404 404 404 404 404 404 404 404
mfa_download_recovery_codes          -          post in  404 404 404 404 404 404 404 404 404 404
mfa_generate_recovery_codes          -          get  in  302 302 302 302 302 302 302 302 302 302
mfa_generate_recovery_codes          -          post in  302 302 302 302 302 302 302 302 302 302
mfa_index                            -          get  in  200 200 200 200 200 200 200 200 200 200
mfa_index                            -          post in  405 405 405 405 405 405 405 405 405 405
mfa_reauthenticate                   -          get  in  302 302 302 302 302 302 302 302 302 302
mfa_reauthenticate                   -          post in  302 302 302 302 302 302 302 302 302 302
mfa_view_recovery_codes              -          get  in  404 404 404 404 404 404 404 404 404 404
mfa_view_recovery_codes              -          post in  405 405 405 405 405 405 405 405 405 405
orders:ask_cancel                    installed  get  in  200 404 200 404 409 200 404 409 409 404
orders:ask_cancel                    installed  post in  200 404 200 404 409 200 404 409 409 404
orders:cancel                        installed  get  in  409 404 409 404 409 409 404 409 409 404
orders:cancel                        installed  post in  409 404 409 404 409 409 404 409 409 404
orders:choose_pharmacy               -          get  in  200 200 404 404 404 200 200 404 404 404
orders:choose_pharmacy               -          post in  405 405 405 405 405 405 405 405 405 405
orders:decline                       issued     get  in  409 404 200 404 409 409 404 409 409 404
orders:decline                       issued     post in  409 404 200 404 409 409 404 409 409 404
orders:discard                       draft      get  in  200 404 404 404 404 200 404 409 409 404
orders:discard                       draft      post in  302 404 404 404 404 302 404 409 409 404
orders:edit                          draft      get  in  200 404 404 404 404 200 404 404 404 404
orders:edit                          draft      post in  200 404 404 404 404 200 404 404 404 404
orders:installation_declare          installed  get  in  409 404 409 404 409 409 404 409 409 404
orders:installation_declare          installed  post in  409 404 409 404 409 409 404 409 409 404
orders:installation_fail             installed  get  in  409 404 409 404 409 409 404 409 409 404
orders:installation_fail             installed  post in  409 404 409 404 409 409 404 409 409 404
orders:installation_lift             installed  get  in  200 404 200 404 409 200 404 409 409 404
orders:installation_lift             installed  post in  200 404 200 404 409 200 404 409 409 404
orders:installation_plan             installed  get  in  409 404 409 404 409 409 404 409 409 404
orders:installation_plan             installed  post in  409 404 409 404 409 409 404 409 409 404
orders:installation_replan           installed  get  in  409 404 409 404 409 409 404 409 409 404
orders:installation_replan           installed  post in  409 404 409 404 409 409 404 409 409 404
orders:installation_reserve          installed  get  in  200 404 200 404 409 200 404 409 409 404
orders:installation_reserve          installed  post in  200 404 200 404 409 200 404 409 409 404
orders:installation_start            installed  get  in  409 404 409 404 409 409 404 409 409 404
orders:installation_start            installed  post in  409 404 409 404 409 409 404 409 409 404
orders:issue                         draft      get  in  200 404 404 404 404 200 404 409 409 404
orders:issue                         draft      post in  302 404 404 404 404 302 404 409 409 404
orders:keep                          installed  get  in  409 404 409 404 409 409 404 409 409 404
orders:keep                          installed  post in  409 404 409 404 409 409 404 409 409 404
orders:new                           draft      get  in  200 200 404 404 404 200 200 404 404 404
orders:new                           draft      post in  200 200 404 404 404 200 200 404 404 404
orders:preview                       draft      get  in  200 404 404 404 404 200 404 404 404 404
orders:preview                       draft      post in  405 405 405 405 405 405 405 405 405 405
orders:sign                          issued     get  in  409 404 200 404 409 409 404 409 409 404
orders:sign                          issued     post in  409 404 200 404 409 409 404 409 409 404
orders:void                          installed  get  in  409 404 409 404 409 409 404 409 200 404
orders:void                          installed  post in  409 404 409 404 409 409 404 409 200 404
orders:withdraw                      issued     get  in  200 404 409 404 409 200 404 409 409 404
orders:withdraw                      issued     post in  302 404 409 404 409 302 404 409 409 404
referencing:abandon                  submitted  get  in  200 404 404 404 404 404 404 409 409 404
referencing:abandon                  submitted  post in  200 404 404 404 404 404 404 409 409 404
referencing:accept_charter           ref_draft  get  in  200 404 404 404 404 404 404 404 404 404
referencing:accept_charter           ref_draft  post in  200 404 404 404 404 404 404 404 404 404
referencing:alarm                    alarm      get  in  404 404 404 404 404 404 404 200 200 404
referencing:alarm                    alarm      post in  404 404 404 404 404 404 404 200 200 404
referencing:announce                 submitted  get  in  200 404 404 404 404 404 404 409 409 404
referencing:announce                 submitted  post in  200 404 404 404 404 404 404 409 409 404
referencing:ans_list                 submitted  get  in  404 404 404 404 404 404 404 200 200 404
referencing:ans_list                 submitted  post in  404 404 404 404 404 404 404 200 200 404
referencing:ans_lists                -          get  in  404 404 404 404 404 404 404 200 200 404
referencing:ans_lists                -          post in  404 404 404 404 404 404 404 200 200 404
referencing:answer                   answering  get  in  200 404 404 404 404 404 404 409 409 404
referencing:answer                   answering  post in  200 404 404 404 404 404 404 409 409 404
referencing:ask_corrections          to_judge   get  in  409 404 404 404 404 404 404 200 409 404
referencing:ask_corrections          to_judge   post in  409 404 404 404 404 404 404 200 409 404
referencing:ask_pieces               submitted  get  in  409 404 404 404 404 404 404 200 409 404
referencing:ask_pieces               submitted  post in  409 404 404 404 404 404 404 200 409 404
referencing:confirm_complete         submitted  get  in  409 404 404 404 404 404 404 200 409 404
referencing:confirm_complete         submitted  post in  409 404 404 404 404 404 404 302 409 404
referencing:correct                  correcting get  in  200 404 404 404 404 404 404 409 409 404
referencing:correct                  correcting post in  200 404 404 404 404 404 404 409 409 404
referencing:declare_obsolete         referenced get  in  200 404 404 404 404 404 404 409 409 404
referencing:declare_obsolete         referenced post in  200 404 404 404 404 404 404 409 409 404
referencing:deposit                  ref_draft  get  in  200 404 404 404 404 404 404 404 404 404
referencing:deposit                  ref_draft  post in  200 404 404 404 404 404 404 404 404 404
referencing:dossier                  submitted  get  in  200 404 404 404 404 404 404 200 200 404
referencing:dossier                  submitted  post in  200 404 404 404 404 404 404 200 200 404
referencing:dossiers                 -          get  in  200 200 404 404 404 404 404 200 200 404
referencing:dossiers                 -          post in  200 200 404 404 404 404 404 200 200 404
referencing:edit                     ref_draft  get  in  200 404 404 404 404 404 404 404 404 404
referencing:edit                     ref_draft  post in  302 404 404 404 404 404 404 404 404 404
referencing:extend                   answering  get  in  409 404 404 404 404 404 404 200 409 404
referencing:extend                   answering  post in  409 404 404 404 404 404 404 200 409 404
referencing:judge                    review     get  in  409 404 404 404 404 404 404 200 409 404
referencing:judge                    review     post in  409 404 404 404 404 404 404 200 409 404
referencing:name_successor           referenced get  in  200 404 404 404 404 404 404 409 409 404
referencing:name_successor           referenced post in  200 404 404 404 404 404 404 409 409 404
referencing:open                     unopened   get  in  200 404 404 404 404 404 404 404 404 404
referencing:open                     unopened   post in  200 404 404 404 404 404 404 404 404 404
referencing:proof                    submitted  get  in  200 404 404 404 404 404 404 200 200 404
referencing:proof                    submitted  post in  200 404 404 404 404 404 404 200 200 404
referencing:propose                  review     get  in  409 404 404 404 404 404 404 200 409 404
referencing:propose                  review     post in  409 404 404 404 404 404 404 200 409 404
referencing:public                   -          get  200 200 200 200 200 200 200 200 200 200 200
referencing:public                   -          post 405 405 405 405 405 405 405 405 405 405 405
referencing:public_csv               -          get  200 200 200 200 200 200 200 200 200 200 200
referencing:public_csv               -          post 405 405 405 405 405 405 405 405 405 405 405
referencing:public_feed              -          get  200 200 200 200 200 200 200 200 200 200 200
referencing:public_feed              -          post 405 405 405 405 405 405 405 405 405 405 405
referencing:public_json              -          get  200 200 200 200 200 200 200 200 200 200 200
referencing:public_json              -          post 405 405 405 405 405 405 405 405 405 405 405
referencing:public_version           referenced get  200 200 200 200 200 200 200 200 200 200 200
referencing:public_version           referenced post 405 405 405 405 405 405 405 405 405 405 405
referencing:quarantine               -          get  in  404 404 404 404 404 404 404 200 200 404
referencing:quarantine               -          post in  404 404 404 404 404 404 404 200 200 404
referencing:quarantined_row          submitted  get  in  404 404 404 404 404 404 404 200 200 404
referencing:quarantined_row          submitted  post in  404 404 404 404 404 404 404 200 200 404
referencing:reference                proposed   get  in  409 404 404 404 404 404 404 409 200 404
referencing:reference                proposed   post in  409 404 404 404 404 404 404 409 302 404
referencing:refuse                   refusal    get  in  409 404 404 404 404 404 404 409 200 404
referencing:refuse                   refusal    post in  409 404 404 404 404 404 404 409 302 404
referencing:replace                  succeeded  get  in  409 404 404 404 404 404 404 200 409 404
referencing:replace                  succeeded  post in  409 404 404 404 404 404 404 302 409 404
referencing:restore_version          ref_draft  get  in  200 404 404 404 404 404 404 404 404 404
referencing:restore_version          ref_draft  post in  200 404 404 404 404 404 404 404 404 404
referencing:resume                   suspended  get  in  409 404 404 404 404 404 404 200 409 404
referencing:resume                   suspended  post in  409 404 404 404 404 404 404 302 409 404
referencing:retract                  ref_draft  get  in  200 404 404 404 404 404 404 404 404 404
referencing:retract                  ref_draft  post in  200 404 404 404 404 404 404 404 404 404
referencing:send_back                proposed   get  in  409 404 404 404 404 404 404 409 200 404
referencing:send_back                proposed   post in  409 404 404 404 404 404 404 409 200 404
referencing:start_review             complete   get  in  409 404 404 404 404 404 404 200 409 404
referencing:start_review             complete   post in  409 404 404 404 404 404 404 302 409 404
referencing:submit                   ref_draft  get  in  200 404 404 404 404 404 404 404 404 404
referencing:submit                   ref_draft  post in  302 404 404 404 404 404 404 404 404 404
referencing:suspend                  referenced get  in  409 404 404 404 404 404 404 200 409 404
referencing:suspend                  referenced post in  409 404 404 404 404 404 404 200 409 404
referencing:withdraw                 withdrawal get  in  409 404 404 404 404 404 404 409 200 404
referencing:withdraw                 withdrawal post in  409 404 404 404 404 404 404 409 302 404
registry:new_supplier                -          get  in  404 404 404 404 404 404 404 200 200 404
registry:new_supplier                -          post in  404 404 404 404 404 404 404 200 200 404
registry:people                      draft      get  in  404 404 404 404 404 404 404 200 200 404
registry:people                      draft      post in  404 404 404 404 404 404 404 200 200 404
registry:pharmacies                  -          get  in  404 404 404 404 404 404 404 200 200 404
registry:pharmacies                  -          post in  405 405 405 405 405 405 405 405 405 405
registry:referencing                 draft      get  in  404 404 404 404 404 404 404 200 200 404
registry:referencing                 draft      post in  404 404 404 404 404 404 404 200 200 404
registry:software                    -          get  in  404 404 404 404 404 404 404 200 200 404
registry:software                    -          post in  405 405 405 405 405 405 405 405 405 405
registry:supplier                    draft      get  in  404 404 404 404 404 404 404 200 200 404
registry:supplier                    draft      post in  404 404 404 404 404 404 404 200 200 404
registry:suppliers                   -          get  in  404 404 404 404 404 404 404 200 200 404
registry:suppliers                   -          post in  405 405 405 405 405 405 405 405 405 405
"""

OBJECTS = {
    "-": "",
    "draft": cast.DRAFT,
    "issued": cast.ISSUED,
    "installed": cast.INSTALLED,
    "va_to_sign": cast.VA_TO_SIGN,
    "va_reserve": cast.VA_RESERVE,
    "unopened": "unopened",
    **{state: state for state in ("submitted", "complete", "referenced", "suspended")},
    "to_judge": "to_judge",
    "answering": "to_complete",
    "correcting": "to_correct",
    "review": "under_review",
    "ref_draft": "draft",
    **{key: key for key in (cast.PROPOSED, cast.REFUSAL, cast.WITHDRAWAL, cast.SUCCEEDED, "alarm")},
}


@dataclass(frozen=True)
class Row:
    """One line of the matrix."""

    name: str
    key: str
    method: str
    expected: tuple[str, ...]


def _rows() -> list[Row]:
    lines = [line.split() for line in MATRIX.strip().splitlines() if not line.startswith("#")]
    return [Row(name, OBJECTS[thing], method, tuple(cells)) for name, thing, method, *cells in lines]


def test_every_address_has_its_two_rows() -> None:
    listed = sorted((row.name, row.method) for row in _rows())
    assert listed == sorted((name, method) for name in every_name() for method in ("get", "post"))
    assert all(len(row.expected) == len(ROLES) for row in _rows())


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.method} {row.name}") for row in _rows()])
def test_access(row: Row, world: World) -> None:
    url, found = address(row.name, row.key, world), {}
    for role in ROLES:
        with undone():
            client, before = as_(login_of(role, row.key or cast.INSTALLED)), written()
            if role == "ended distributor":
                end_mandates()
            answer = _outcome(client, row.method, url)
            if answer in ("404", "405", "409", "in"):
                assert written() == before, f"{role} wrote something and got {answer}"
        found[role] = answer
    assert found == dict(zip(ROLES, row.expected, strict=True))


def _outcome(client: Client, method: str, url: str) -> str:
    response: HttpResponse = getattr(client, method)(url)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[attr-defined]
    to_log_in = response.get("Location", "").partition("?")[0] == reverse("account_login")
    return "in" if response.status_code == 302 and to_log_in else str(response.status_code)
