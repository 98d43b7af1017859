from homologation.models.answers import Answer, AnswerRevision, PrefillPack
from homologation.models.breach_records import BreachEntry, BreachNotification, BreachReceipt, BreachReminder
from homologation.models.breaches import Breach
from homologation.models.dossiers import DecisionReserve, InsiDossier
from homologation.models.life import EarlyReview, ValidityReminder
from homologation.models.questionnaires import QuestionnaireVersion
from homologation.models.steps import StepEvent, StepReminder
from homologation.models.supervision import SupervisionDetail, SupervisionReport, SupervisionRow
from homologation.models.supervision_cases import PracticeReminder, SupervisionCase

__all__ = [
    "Answer",
    "AnswerRevision",
    "Breach",
    "BreachEntry",
    "BreachNotification",
    "BreachReceipt",
    "BreachReminder",
    "DecisionReserve",
    "EarlyReview",
    "InsiDossier",
    "PracticeReminder",
    "PrefillPack",
    "QuestionnaireVersion",
    "StepEvent",
    "StepReminder",
    "SupervisionCase",
    "SupervisionDetail",
    "SupervisionReport",
    "SupervisionRow",
    "ValidityReminder",
]
