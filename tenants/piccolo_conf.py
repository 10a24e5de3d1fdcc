"""Where Piccolo finds the engine of store tables; it knows this file by the name PICCOLO_CONF."""

from tenants.scope import ENGINE as DB

__all__ = ["DB"]
