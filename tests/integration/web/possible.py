"""Where each act is possible, and by whom."""

from __future__ import annotations

from tests.integration.web.world import (
    DRAFT,
    INSTALLED,
    INSTRUCTOR,
    ISSUED,
    PROPOSED,
    REFUSAL,
    SUBMITTED,
    SUCCEEDED,
    SUPPLIER,
    VA_RESERVE,
    VA_TO_SIGN,
    VALIDATOR,
    WITHDRAWAL,
    WRITTEN,
    titulaire,
)
from tests.integration.web.world_breaches import STATES as BREACH_STATES

# Each act where it is possible, by who may do it; all other addresses are tried by the supplier and an instructor.
POSSIBLE = {
    "orders:new": (DRAFT, SUPPLIER),
    "orders:edit": (DRAFT, SUPPLIER),
    "orders:plan": (INSTALLED, SUPPLIER),
    "orders:plan_ask": (INSTALLED, titulaire(INSTALLED)),
    "orders:plan_open": (DRAFT, SUPPLIER),
    "orders:succession": (DRAFT, INSTRUCTOR),
    "orders:issue": (DRAFT, SUPPLIER),
    "orders:discard": (DRAFT, SUPPLIER),
    "orders:withdraw": (ISSUED, SUPPLIER),
    "orders:sign": (ISSUED, titulaire(ISSUED)),
    "orders:decline": (ISSUED, titulaire(ISSUED)),
    "orders:ask_cancel": ("eglise", titulaire("eglise")),
    "orders:keep": ("mine", SUPPLIER),
    "orders:cancel": ("mine", SUPPLIER),
    "orders:void": ("eglise", VALIDATOR),
    "orders:installation_plan": ("eglise", SUPPLIER),
    "orders:installation_replan": ("gare", SUPPLIER),
    "orders:installation_start": ("gare", SUPPLIER),
    "orders:installation_declare": ("lices", SUPPLIER),
    "orders:installation_fail": ("lices", SUPPLIER),
    "orders:installation_reserve": (INSTALLED, titulaire(INSTALLED)),
    "orders:installation_lift": (INSTALLED, SUPPLIER),
    "attestations:prepare": ("remparts", SUPPLIER),
    "attestations:sign": (VA_TO_SIGN, titulaire(VA_TO_SIGN)),
    "attestations:refuse": (VA_TO_SIGN, titulaire(VA_TO_SIGN)),
    "attestations:retract": (VA_TO_SIGN, SUPPLIER),
    "attestations:lift": (VA_RESERVE, SUPPLIER),
    **dict.fromkeys(("indicators:question", "indicators:explain"), (INSTALLED, SUPPLIER)),
    **dict.fromkeys(("indicators:decision", "indicators:decide", "indicators:withdraw"), (INSTALLED, VALIDATOR)),
    "indicators:propose": ("", INSTRUCTOR),
    "rulemaking:edit": (WRITTEN, INSTRUCTOR),
    "rulemaking:submit": (WRITTEN, INSTRUCTOR),
    "rulemaking:discard": (WRITTEN, INSTRUCTOR),
    "rulemaking:amendment": (WRITTEN, INSTRUCTOR),
    "rulemaking:effects": (WRITTEN, INSTRUCTOR),
    "rulemaking:effects_csv": (WRITTEN, INSTRUCTOR),
    "rulemaking:effects_json": (WRITTEN, INSTRUCTOR),
    "rulemaking:progress": (WRITTEN, INSTRUCTOR),
    "rulemaking:publish": (SUBMITTED, VALIDATOR),
    "rulemaking:send_back": (SUBMITTED, VALIDATOR),
    "attestations:confirm": ("citadelle", titulaire("citadelle")),
}
POSSIBLE |= {
    f"referencing:{verb}": (key, login)
    for login, keys in {
        SUPPLIER: {
            "open": "unopened",
            **dict.fromkeys(("edit", "accept_charter", "deposit", "retract", "submit", "restore_version"), "draft"),
            **dict.fromkeys(("announce", "abandon"), "submitted"),
            **dict.fromkeys(("declare_obsolete", "name_successor"), "referenced"),
            "answer": "to_complete",
            "correct": "to_correct",
        },
        INSTRUCTOR: {
            **dict.fromkeys(("ask_pieces", "confirm_complete"), "submitted"),
            **dict.fromkeys(("judge", "propose"), "under_review"),
            "start_review": "complete",
            "ask_corrections": "to_judge",
            "extend": "to_complete",
            "suspend": "referenced",
            "resume": "suspended",
            "replace": SUCCEEDED,
            "ans_list": "submitted",
        },
        VALIDATOR: {"send_back": PROPOSED, "reference": PROPOSED, "refuse": REFUSAL, "withdraw": WITHDRAWAL},
    }.items()
    for verb, key in keys.items()
}
POSSIBLE |= {
    f"homologation:{name}": (key, titulaire(key))
    for name, key in {
        **dict.fromkeys(("answer", "dossier", "export", "section", "abandon", "submit"), INSTALLED),
        **dict.fromkeys(("approve", "send_back", "refuse"), VA_TO_SIGN),
        **dict.fromkeys(("withdraw", "links", "link_close", "review_keep"), VA_RESERVE),
        **dict.fromkeys(("answers_csv", "archive", "dossier_pdf"), INSTALLED),
        **dict.fromkeys(("evidence", "evidence_join", "evidence_file"), INSTALLED),
        **dict.fromkeys(("evidence_replace", "evidence_withdraw", "breach_evidence", "case_evidence"), INSTALLED),
        "changes": ISSUED,
    }.items()
}
POSSIBLE |= {
    **{f"homologation:breach_{verb}": (INSTALLED, titulaire(INSTALLED)) for verb in BREACH_STATES},
    **{
        f"homologation:{name}": (INSTALLED, titulaire(INSTALLED))
        for name in ("breach", "breach_pdf", "breach_json", "breach_receipt", "step")
    },
    **{f"homologation:{name}": ("", titulaire(INSTALLED)) for name in ("breaches", "breach_declare", "steps")},
    **{f"homologation:breaches_{kind}": ("", titulaire(INSTALLED)) for kind in ("csv", "pdf")},
}
POSSIBLE |= {
    f"homologation:{name}": (key, titulaire(key))
    for name, key in {
        **dict.fromkeys(
            ("supervision_report", "supervision_pdf", "case", "case_ask_detail", "case_analyse"), INSTALLED
        ),
        **dict.fromkeys(("case_engage", "case_close", "case_escalate"), VA_TO_SIGN),
        "case_acknowledge": VA_RESERVE,
        "case_receive_detail": ISSUED,
    }.items()
}
POSSIBLE["homologation:supervision"] = ("", titulaire(INSTALLED))
POSSIBLE["homologation:totals"] = ("", SUPPLIER)
POSSIBLE["homologation:index"] = ("", titulaire(INSTALLED))
POSSIBLE |= {
    **{f"homologation:{name}": ("", SUPPLIER) for name in ("clients", "packs")},
    **{
        f"homologation:{name}": (INSTALLED, SUPPLIER)
        for name in ("client", "handover", "pack", "pack_publish", "pack_import", "pack_json")
    },
    **{f"homologation:help_{verb}": (INSTALLED, SUPPLIER) for verb in ("take", "write", "answer")},
    **{f"homologation:help_{verb}": (INSTALLED, titulaire(INSTALLED)) for verb in ("ask", "ask_again", "close")},
    "homologation:help": (INSTALLED, SUPPLIER),
    "homologation:helps": ("", SUPPLIER),
    "homologation:quorum": ("", titulaire(INSTALLED)),
    "homologation:mandates": ("", titulaire(INSTALLED)),
    "homologation:mandate_revoke": (INSTALLED, titulaire(INSTALLED)),
    "homologation:duties": ("", titulaire(INSTALLED)),
    "homologation:agree": (VA_TO_SIGN, titulaire(VA_TO_SIGN)),
}
