"""Who the stores are and how to step inside exactly one."""

import os

# Piccolo asks this module for the engine of tables that name none: every store table.
os.environ.setdefault("PICCOLO_CONF", "tenants.piccolo_conf")

from tenants.scope import Tenant, after_commit, bind, bound, commit_with, connection, current, savepoint, transaction

__all__ = [
    "Tenant",
    "after_commit",
    "bind",
    "bound",
    "commit_with",
    "connection",
    "current",
    "savepoint",
    "transaction",
]
