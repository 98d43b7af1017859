from orders.models.installations import Installation, InstallationReserve
from orders.models.objections import Objection
from orders.models.order_guards import CONTENT_FIELDS
from orders.models.orders import Order
from orders.models.plans import Plan, PlanRevision
from orders.models.slots import Slot

__all__ = [
    "CONTENT_FIELDS",
    "Installation",
    "InstallationReserve",
    "Objection",
    "Order",
    "Plan",
    "PlanRevision",
    "Slot",
]
