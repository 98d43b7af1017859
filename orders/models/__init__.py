from orders.models.installations import Installation, InstallationReserve
from orders.models.orders import CONTENT_FIELDS, Order
from orders.models.slots import Slot

__all__ = ["CONTENT_FIELDS", "Installation", "InstallationReserve", "Order", "Slot"]
