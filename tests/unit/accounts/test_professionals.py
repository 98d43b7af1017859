"""What is read of a userinfo answer, and what is demanded of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.domain.professionals import Activity, askable, check_acr, likely_role, read_professional
from portal.accounts.domain.roles import Role
from portal.common.refusals import Refused

# The form of an answer of the sandbox, with made-up values.
SAMPLE: dict[str, Any] = {
    "sub": "f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:899700218896",
    "SubjectNameID": "899700218896",
    "preferred_username": "899700218896",
    "family_name": "DOC0021889",
    "given_name": "KIT",
    "authMode": "CARD",
    "SubjectRole": ["21^1.2.250.1.213.1.1.5.5"],
    "SubjectRefPro": {
        "codeCivilite": "M",
        "exercices": [
            {
                "codeProfession": "21",
                "nomDexercice": "DOC0021889",
                "prenomDexercice": "KIT",
                "activities": [
                    {
                        "codeModeExercice": "L",
                        "codeSectionPharmacien": "A",
                        "codeRole": "FON-01",
                        "numeroFinessSite": " 31000 1136".replace(" ", ""),
                        "numeroSiretSite": "",
                        "raisonSocialeSite": "PHARMACIE DU CANAL",
                    },
                    {"codeSectionPharmacien": "D", "numeroFinessSite": "", "raisonSocialeSite": "PHARMACIE 2"},
                ],
            },
            {"codeProfession": "10", "activities": [{"numeroFinessSite": "990000001"}]},
        ],
    },
}


def test_a_pharmacist_is_read_with_their_places() -> None:
    professional = read_professional(SAMPLE)
    assert professional.national_id == "899700218896"
    assert (professional.first_name, professional.last_name, professional.auth_mode) == ("KIT", "DOC0021889", "CARD")
    assert professional.activities == (
        Activity("310001136", "", "PHARMACIE DU CANAL", "A", "L", "FON-01", "21"),
        Activity(name="PHARMACIE 2", section="D", profession="21"),
    )


def test_the_places_of_another_profession_do_not_count() -> None:
    assert "990000001" not in {activity.finess for activity in read_professional(SAMPLE).activities}


@pytest.mark.parametrize("finess", ["12", "x" * 9, "<script>", None, 310001136])
def test_a_finess_that_is_none_is_dropped(finess: object) -> None:
    place = {"codeProfession": "21", "activities": [{"numeroFinessSite": finess}]}
    found = read_professional({**SAMPLE, "SubjectRefPro": {"exercices": [place]}})
    assert found.activities[0].finess == ""


@pytest.mark.parametrize(
    ("acr", "minimum", "enough"),
    [
        ("eidas1", "eidas1", True), ("eidas2", "eidas1", True), ("eidas3", "eidas1", True),
        ("eidas1", "eidas2", False), ("eidas2", "eidas2", True), ("eidas2", "eidas3", False),
        ("EIDAS1", "eidas1", False), ("eidas", "eidas1", False), ("", "eidas1", False),
        (None, "eidas1", False), (1, "eidas1", False), (["eidas1"], "eidas1", False),
    ],
)  # fmt: skip
def test_levels_of_assurance(acr: object, minimum: str, enough: bool) -> None:
    assert (check_acr(acr, minimum) == []) is enough


@pytest.mark.parametrize(
    ("section", "role"), [("A", Role.TITULAIRE), ("d", Role.ADJOINT), ("E", None), ("", None), ("G", None)]
)
def test_the_section_suggests_a_role(section: str, role: Role | None) -> None:
    assert likely_role(Activity(section=section)) is role


def test_a_preparateur_is_read_and_asks_for_nothing_else() -> None:
    place = {"codeProfession": "39", "activities": [{"numeroFinessSite": "310001136"}]}
    [activity] = read_professional({**SAMPLE, "SubjectRefPro": {"exercices": [place]}}).activities
    assert likely_role(activity) is Role.PREPARATEUR
    assert [role for role in (Role.TITULAIRE, Role.ADJOINT, Role.PREPARATEUR) if askable(role, activity)] == [
        Role.PREPARATEUR
    ]
    assert askable(Role.TITULAIRE, Activity()) and askable(Role.PREPARATEUR, Activity(profession="21"))


def test_hospital_pharmacy_has_no_place_here() -> None:
    with pytest.raises(Refused) as refused:
        read_professional({**SAMPLE, "SubjectRefPro": {"exercices": [{"codeProfession": "38"}]}})
    assert refused.value.codes == ("psc_profession",)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*SAMPLE, "x"]), _JSON), _JSON, _JSON)
def test_any_answer_is_read_or_refused(odd: dict[str, Any], exercices: Any, activities: Any) -> None:
    place = {"codeProfession": "21", "activities": activities}
    for proof in ({"exercices": exercices}, {"exercices": [place]}, exercices):
        with suppress(Refused):
            assert read_professional({**SAMPLE, "SubjectRefPro": proof, **odd}).national_id
