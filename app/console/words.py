"""How the console names states, plans and roles. Labels are English texts, translated where they are shown."""

from __future__ import annotations

from app.kernel.i18n import N_

# state -> (label, kind of badge)
STATUS = {
    "provisioning": (N_("Provisioning"), ""),
    "trial": (N_("Trial"), "info"),
    "active": (N_("Active"), "ok"),
    "past_due": (N_("Past due"), "bad"),
    "restricted": (N_("Restricted"), "warn"),
    "suspended": (N_("Suspended"), "warn"),
    "closing": (N_("Closing"), "warn"),
    "deleted": (N_("Deleted"), ""),
}
TABS = ("active", "trial", "past_due", "suspended")
PLANS = (("starter", N_("Starter")), ("growth", N_("Growth")), ("scale", N_("Scale")))
ROLES = {"admin": N_("Administrator"), "operator": N_("Operator"), "viewer": N_("Viewer")}
QUEUES = {"critical": N_("Critical"), "default": N_("Everyday"), "bulk": N_("Bulk")}

ACTIONS = {
    "tenant.suspended": N_("Suspended the store"),
    "tenant.active": N_("Set the store active"),
    "tenant.trial": N_("Set the store to trial"),
    "tenant.opened": N_("Opened the store's page"),
    "jobs.retried": N_("Retried a job"),
    "jobs.all_retried": N_("Retried all failed jobs"),
    "staff.created": N_("Let a colleague in"),
    "staff.signed_in": N_("Signed in"),
    "dispute.ruled": N_("Decided a dispute"),
    "password.changed": N_("Changed their password"),
}
