"""The ANS's list through the services: staged, acknowledged, applied once, the unknown kept apart."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common.refusals import Refused
from portal.imports.models import ImportKind, ImportReject, ImportRun
from portal.outbox.models import OutboxMessage
from portal.referencing.models import AnsList, QuarantinedRow
from portal.referencing.selectors.lists import digest_of, findings_of
from portal.referencing.services.ans_list import apply_list, discard_list, stage_list
from portal.referencing.services.quarantine import attach_row, dismiss_row
from portal.registry.domain.referencing import Status, status_at
from portal.registry.models import Referencing, ReferencingEvent, SoftwareVersion, Supplier
from portal.registry.selectors import history
from portal.registry.services.suppliers import record_status
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.referencing import case_in

pytestmark = pytest.mark.django_db
HEAD = "numero_unique;logiciel;version;editeur;siret;statut;date_effet\n"
DAY = date(2022, 11, 14)


def staged(*lines: str, actor: Actor | None = None) -> AnsList:
    content = (HEAD + "\n".join(lines)).encode()
    return stage_list(
        programme=people.PROGRAMME,
        name="liste.csv",
        content=content,
        list_day=DAY,
        actor=actor or people.administrator(),
    )


def applied(one: AnsList, actor: Actor | None = None) -> AnsList:
    findings = findings_of(one)
    warned = [finding.code for finding in findings if finding.warning]
    return apply_list(
        list_id=one.pk, actor=actor or people.administrator(), digest=digest_of(findings), acknowledged=warned
    )


@pytest.fixture
def owner() -> Supplier:
    return people.supplier(name="Officia SAS")


@pytest.fixture
def version(owner: Supplier) -> SoftwareVersion:
    return people.software(owner, referenced=False, name="Officia")


def line(number: str = "N-77", status: str = "Référencé", day: str = "14/11/2022", name: str = "Officia") -> str:
    return f"{number};{name};1.0;Officia SAS;;{status};{day}"


def status_of(version: SoftwareVersion) -> Status:
    return status_at(history(people.PROGRAMME, version.pk), TODAY, TODAY)


def test_a_new_referencement_is_recorded_with_its_number_and_its_trace(version: SoftwareVersion) -> None:
    one = staged(line(), "N-1;;1;X;;Référencé;14/11/2022")
    assert status_of(version) is Status.ANNOUNCED, "staging changes nothing"
    one = applied(one)
    assert status_of(version) is Status.REFERENCED
    assert Referencing.objects.get(version=version).number == "N-77"
    assert OutboxMessage.objects.filter(topic="referencing.changed").count() == 1
    run = ImportRun.objects.get(kind=ImportKind.ANS_LIST)
    assert (run.counts["new"], run.counts["rejected"]) == (1, 1)
    assert ImportReject.objects.get(run=run).line == 3
    assert AuditEvent.objects.filter(object_type="referencing_anslist", verb="apply", object_id=str(one.pk)).exists()


def test_the_same_file_again_changes_nothing(version: SoftwareVersion) -> None:
    lines = (line(), line(number="N-99", name="Inconnu"))
    applied(staged(*lines))
    before = (ReferencingEvent.objects.count(), QuarantinedRow.objects.count())
    again = applied(staged(*lines))
    assert (ReferencingEvent.objects.count(), QuarantinedRow.objects.count()) == before == (1, 1)
    assert again.run is not None and again.run.counts["same"] == 1


def test_warnings_are_all_acknowledged_or_nothing_happens(version: SoftwareVersion) -> None:
    applied(staged(line()))
    one = staged(line(status="Retiré", day="13/11/2022"))
    findings = findings_of(one)
    assert [bool(f.warning) for f in findings] == [True]
    with pytest.raises(Refused) as refused:
        apply_list(list_id=one.pk, actor=people.administrator(), digest=digest_of(findings), acknowledged=[])
    assert refused.value.codes == ("unacknowledged",)
    assert ReferencingEvent.objects.count() == 1
    assert applied(one).applied_at == TODAY


def test_what_changed_since_it_was_shown_is_shown_again(version: SoftwareVersion) -> None:
    one = staged(line())
    digest = digest_of(findings_of(one))
    people.say(version, Status.REFUSED, TODAY)
    with pytest.raises(Refused) as refused:
        apply_list(list_id=one.pk, actor=people.administrator(), digest=digest, acknowledged=[])
    assert refused.value.codes == ("stale",)


def test_one_bad_row_leaves_no_half(version: SoftwareVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in the middle takes everything back."""
    people.software(version.software.supplier, referenced=False, name="Autre")
    one = staged(line(), line(number="N-78", name="Autre"))
    real = record_status
    calls: list[int] = []

    def second_fails(**fields: object) -> Referencing:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("on purpose")
        return real(**fields)  # type: ignore[arg-type]

    monkeypatch.setattr("portal.referencing.services.ans_list.record_status", second_fails)
    with pytest.raises(RuntimeError, match="on purpose"):
        applied(one)
    one.refresh_from_db()
    assert len(calls) == 2 and not ReferencingEvent.objects.exists() and one.is_open


def test_an_unknown_software_is_kept_apart_never_created(version: SoftwareVersion) -> None:
    versions = SoftwareVersion.objects.count()
    applied(staged(line(number="N-99", name="Inconnu")))
    kept = QuarantinedRow.objects.get()
    assert SoftwareVersion.objects.count() == versions and "aucune version" in kept.reason
    attach_row(row_id=kept.pk, actor=people.administrator(), version_id=version.pk)
    assert status_of(version) is Status.REFERENCED
    kept.refresh_from_db()
    assert (kept.resolution, kept.version) == ("attached", version)
    with pytest.raises(Refused) as refused:
        dismiss_row(row_id=kept.pk, actor=people.administrator(), note="x")
    assert refused.value.codes == ("resolved",)


def test_a_row_is_set_aside_with_a_reason(version: SoftwareVersion) -> None:
    applied(staged(line(number="N-99", name="Inconnu")))
    kept = QuarantinedRow.objects.get()
    with pytest.raises(Refused):
        dismiss_row(row_id=kept.pk, actor=people.administrator(), note=" ")
    dismiss_row(row_id=kept.pk, actor=people.administrator(), note="Logiciel d’un autre couloir")
    kept.refresh_from_db()
    assert kept.resolution == "dismissed" and not ReferencingEvent.objects.exists()


def test_a_version_whose_dossier_is_here_is_decided_here() -> None:
    one = case_in("under_review")
    name, supplier = one.version.software.name, one.company.name
    applied(staged(f"N-5;{name};1.0;{supplier};;Référencé;14/11/2022"))
    kept = QuarantinedRow.objects.get()
    assert "tenu dans ce portail" in kept.reason
    with pytest.raises(Refused) as refused:
        attach_row(row_id=kept.pk, actor=people.administrator(), version_id=one.version.pk)
    assert refused.value.codes == ("kept_here",)


def test_a_list_is_applied_or_set_aside_once(version: SoftwareVersion) -> None:
    one = applied(staged(line()))
    with pytest.raises(Refused) as refused:
        discard_list(list_id=one.pk, actor=people.administrator())
    assert refused.value.codes == ("closed",)
    other = staged(line())
    discard_list(list_id=other.pk, actor=people.administrator())
    with pytest.raises(Refused):
        applied(other)


@pytest.mark.parametrize("role", [Role.SUPPLIER, Role.DISTRIBUTOR])
def test_only_the_administration_keeps_the_registry(role: Role, owner: Supplier) -> None:
    with pytest.raises(Refused) as refused:
        staged(line(), actor=people.member(owner.organisation, role))
    assert refused.value.codes == ("not_allowed",)


def test_a_list_is_not_of_tomorrow_nor_empty() -> None:
    actor = people.administrator()
    for content, day, code in ((HEAD + line(), date(2022, 11, 16), "ahead"), (HEAD, DAY, "no_row")):
        with pytest.raises(Refused) as refused:
            stage_list(programme=people.PROGRAMME, name="l.csv", content=content.encode(), list_day=day, actor=actor)
        assert refused.value.codes == (code,)
