from portal.registry.models.enrolments import AttachmentRequest
from portal.registry.models.pharmacies import Lineage, Pharmacy
from portal.registry.models.successions import Succession
from portal.registry.models.suppliers import (
    DistributorMandate,
    Referencing,
    ReferencingEvent,
    Software,
    SoftwareVersion,
    Supplier,
)

__all__ = [
    "AttachmentRequest",
    "DistributorMandate",
    "Lineage",
    "Pharmacy",
    "Referencing",
    "ReferencingEvent",
    "Software",
    "SoftwareVersion",
    "Succession",
    "Supplier",
]
