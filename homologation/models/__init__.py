from homologation.models.answers import Answer, AnswerRevision, PrefillPack
from homologation.models.breach_records import BreachEntry, BreachNotification, BreachReceipt, BreachReminder
from homologation.models.breaches import Breach
from homologation.models.dossiers import DecisionReserve, InsiDossier
from homologation.models.duties import DutyReading
from homologation.models.evidence import EvidenceRevision, InsiEvidence
from homologation.models.handovers import FormHandover
from homologation.models.help import HelpMessage, HelpRequest
from homologation.models.inspection import InspectionLink, InspectionOpening
from homologation.models.life import EarlyReview, ValidityReminder
from homologation.models.mandates import SectionMandate
from homologation.models.questionnaires import QuestionnaireVersion
from homologation.models.quorum import QuorumSetting, TitulaireAgreement
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
    "DutyReading",
    "EarlyReview",
    "EvidenceRevision",
    "FormHandover",
    "HelpMessage",
    "HelpRequest",
    "InsiDossier",
    "InsiEvidence",
    "InspectionLink",
    "InspectionOpening",
    "PracticeReminder",
    "PrefillPack",
    "QuestionnaireVersion",
    "QuorumSetting",
    "SectionMandate",
    "StepEvent",
    "StepReminder",
    "SupervisionCase",
    "SupervisionDetail",
    "SupervisionReport",
    "SupervisionRow",
    "TitulaireAgreement",
    "ValidityReminder",
]
