from homologation.models.answers import Answer, AnswerRevision, PrefillPack
from homologation.models.breach_records import BreachEntry, BreachNotification, BreachReminder
from homologation.models.breaches import Breach
from homologation.models.dossiers import DecisionReserve, InsiDossier
from homologation.models.inspection import InspectionLink, InspectionOpening
from homologation.models.questionnaires import QuestionnaireVersion
from homologation.models.steps import StepEvent, StepReminder
from homologation.models.supervision import PracticeReminder, SupervisionCase, SupervisionReport, SupervisionRow

__all__ = [
    "Answer",
    "AnswerRevision",
    "Breach",
    "BreachEntry",
    "BreachNotification",
    "BreachReminder",
    "DecisionReserve",
    "InsiDossier",
    "InspectionLink",
    "InspectionOpening",
    "PracticeReminder",
    "PrefillPack",
    "QuestionnaireVersion",
    "StepEvent",
    "StepReminder",
    "SupervisionCase",
    "SupervisionReport",
    "SupervisionRow",
]
