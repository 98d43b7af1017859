"""The stories of the cast, one pharmacy each, from its first order to the end of the programme.

The demonstration opens on 15/11/2022, when every state of an order, an installation and a VA is to be seen; what
comes later is only played by the simulation.
"""

from __future__ import annotations

from collections.abc import Callable

from portal.demo.services.cues import Cue
from portal.demo.services.play import Play

Give = Callable[[Cue], object]

_OFFICIA, _GALENE, _SUD = (
    "fournisseur@officia.example",
    "fournisseur@galene.example",
    "distributeur@comptoir-sud.example",
)
_LGO, _OTHER = "Officia LGO", "Galène Officine"


def tell_all(give: Give) -> None:
    """Give the cues of every story, story after story: it is for the receiver to put them in order."""
    for story in _STORIES:
        story(give)


def _before_referencing(give: Give) -> None:
    """Signed under condition: one affirmed but never installed, one whose limit passes before its software is ready."""
    Play("cathedrale", _LGO, _OFFICIA, give).sign("2022-08-18", "2022-08-22")
    Play("dunes", _OTHER, _GALENE, give).sign("2022-06-22", "2022-06-25")
    again = Play("dunes", _OTHER, _GALENE, give)
    again.sign("2022-12-01", "2022-12-05")
    again.plan("2023-03-22", "2023-04-12")
    again.fail("2023-04-12")


def _realised(give: Give) -> None:
    for key, offset in (("halles", 0), ("port", 2)):
        story = Play(key, _LGO, _OFFICIA, give)
        story.sign(f"2022-10-0{4 + offset}", f"2022-10-0{5 + offset}")
        story.plan(f"2022-10-0{6 + offset}", f"2022-10-{18 + offset}")
        story.install(f"2022-10-{18 + offset}")
        story.sign_va(f"2022-10-{20 + offset}")


def _installing(give: Give) -> None:
    signed = Play("eglise", _LGO, _OFFICIA, give)
    signed.sign("2022-11-07", "2022-11-10")
    signed.plan("2022-11-21", "2023-01-10")
    signed.install("2023-01-10")
    signed.sign_va("2023-01-17")
    planned = Play("gare", _LGO, _OFFICIA, give)
    planned.sign("2022-10-24", "2022-10-26")
    planned.plan("2022-10-28", "2022-12-05")
    planned.install("2022-12-05")
    planned.sign_va("2022-12-15")
    running = Play("lices", _LGO, _OFFICIA, give)
    running.sign("2022-10-11", "2022-10-13")
    running.plan("2022-10-14", "2022-11-14")
    running.start("2022-11-14")
    running.install("2022-11-16")
    running.sign_va("2022-11-28")
    failed = Play("moulin", _LGO, _OFFICIA, give)
    failed.sign("2022-10-10", "2022-10-12")
    failed.plan("2022-10-13", "2022-11-03")
    failed.fail("2022-11-03")
    failed.plan("2022-12-01", "2023-01-23")
    failed.install("2023-01-23")
    failed.sign_va("2023-02-02")
    reserved = Play("rade", _LGO, _SUD, give)
    reserved.sign("2022-10-06", "2022-10-08")
    reserved.plan("2022-10-10", "2022-11-02")
    reserved.install("2022-11-02")
    reserved.reserve("2022-11-02")
    reserved.lift_installation("2022-11-22")
    reserved.sign_va("2022-11-29")


def _at_the_va(give: Give) -> None:
    """Five pharmacies that do not sign at once; the last one four hours after the closing."""
    for key, refused, lifted, answered in (
        ("lagon", "e_prescription", "2022-12-06", "2022-12-09"),
        ("citadelle", "dossier_pharmaceutique", "2022-11-10", "2022-11-21"),
    ):
        story = _installed(key, give)
        story.sign_va("2022-11-04", refused=refused)
        story.lift(lifted)
        story.answer_lifted(answered)
    unhappy = Play("remparts", _LGO, _OFFICIA, give)
    unhappy.sign("2022-10-12", "2022-10-14")
    unhappy.plan("2022-10-17", "2022-10-27")
    unhappy.install("2022-10-27")
    unhappy.refuse_va("2022-11-03")
    unhappy.sign_va("2022-12-13")
    late = _installed("thermes", give)
    late.prepare_va("2022-11-08")
    late.sign_prepared_va("2023-04-28")


def _installed(key: str, give: Give) -> Play:
    story = Play(key, _LGO, _OFFICIA, give)
    story.sign("2022-10-05", "2022-10-07")
    story.plan("2022-10-10", "2022-10-24")
    story.install("2022-10-24")
    return story


def _not_taken(give: Give) -> None:
    """Declined, expired, cancelled, given up: some come back, with the same supplier or another."""
    Play("canal", _LGO, _OFFICIA, give).decline("2022-10-17", "2022-10-19")
    elsewhere = Play("canal", _OTHER, _GALENE, give)
    elsewhere.sign("2023-01-18", "2023-01-20")
    elsewhere.plan("2023-03-23", "2023-04-17")
    elsewhere.install("2023-04-17")
    elsewhere.sign_va("2023-04-25")
    Play("tilleuls", _LGO, _OFFICIA, give).issue("2022-10-04")
    again = Play("tilleuls", _LGO, _OFFICIA, give)
    again.sign("2022-12-07", "2022-12-09")
    again.plan("2022-12-12", "2023-02-13")
    again.install("2023-02-13")
    again.sign_va("2023-02-16")
    cancelled = Play("beffroi", _LGO, _OFFICIA, give)
    cancelled.sign("2022-10-10", "2022-10-11")
    cancelled.cancel("2022-10-20")
    asked = Play("mine", _LGO, _OFFICIA, give)
    asked.sign("2022-10-18", "2022-10-20")
    asked.ask_cancel("2022-11-09")
    asked.accept_cancel("2022-11-17")
    given_up = Play("vignes", _LGO, _OFFICIA, give)
    given_up.draft("2022-10-25")
    given_up.discard("2022-10-26")
    Play("vignes", _LGO, _OFFICIA, give).issue("2023-02-20")


def _replaced(give: Give) -> None:
    """Another supplier chosen by one signature; a pharmacy sold, whose successor takes the order over."""
    former = Play("verger", _LGO, _OFFICIA, give)
    former.sign("2022-10-13", "2022-10-14")
    chosen = Play("verger", _OTHER, _GALENE, give)
    chosen.issue("2022-11-02")
    chosen.sign_issued("2022-11-03", replaces=former)
    chosen.plan("2023-03-24", "2023-04-13")
    chosen.install("2023-04-13")
    chosen.sign_va("2023-04-21")
    sold = Play("horloge", _LGO, _OFFICIA, give)
    sold.sign("2022-10-12", "2022-10-13")
    bought = Play("horloge-neuve", _LGO, _OFFICIA, give)
    bought.succeed("2022-11-07", former=sold)
    bought.sign_issued("2022-11-09", replaces=sold)
    bought.plan("2022-11-23", "2023-01-16")
    bought.install("2023-01-16")
    bought.sign_va("2023-01-24")


def _waiting(give: Give) -> None:
    """To sign on 15/11/2022. Galène's dossier is complete too late for olivier's order, in time for fontaine's."""
    reading = Play("marche", _LGO, _OFFICIA, give)
    reading.issue("2022-11-09")
    reading.sign_issued("2022-11-18")
    reading.plan("2022-11-21", "2022-12-12")
    reading.install("2022-12-12")
    reading.sign_va("2022-12-19")
    drafted = Play("phare", _LGO, _OFFICIA, give)
    drafted.draft("2022-11-14")
    drafted.issue_draft("2022-11-16")
    again = Play("phare", _LGO, _OFFICIA, give)
    again.sign("2023-01-09", "2023-01-11")
    again.plan("2023-01-12", "2023-03-06")
    again.install("2023-03-06")
    again.sign_va("2023-03-08")
    Play("olivier", _OTHER, _GALENE, give).sign("2022-10-19", "2022-10-21")
    elsewhere = Play("olivier", _LGO, _OFFICIA, give)
    elsewhere.sign("2023-03-01", "2023-03-14")
    elsewhere.plan("2023-03-15", "2023-04-03")
    elsewhere.install("2023-04-03")
    elsewhere.sign_va("2023-04-14")
    patient = Play("fontaine", _OTHER, _GALENE, give)
    patient.issue("2022-11-10")
    patient.sign_issued("2022-11-25")
    patient.plan("2023-03-22", "2023-04-11")
    patient.install("2023-04-11")
    patient.sign_va("2023-04-20")


_STORIES: tuple[Callable[[Give], None], ...] = (
    _before_referencing,
    _realised,
    _installing,
    _at_the_va,
    _not_taken,
    _replaced,
    _waiting,
)
