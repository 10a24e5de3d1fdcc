"""Room: the store's own profile and look."""

from app.store.hero import Hero, Slot, change_logo, change_look, write_hero
from app.store.look import PRESET_NAMES, PRESETS, Finding, Look, palette, review
from app.store.on_page import StoreOnPage, announce, forget_store, last_on_page, profile_for_page
from app.store.profile import Profile, Terms, change_terms, check_terms, forget, profile, read_profile, touch
from app.store.tax import TAX_MODES, TaxMode, TaxTerms, change_tax
from app.store.theme import look_of, theme_css

__all__ = [
    "PRESETS",
    "PRESET_NAMES",
    "TAX_MODES",
    "Finding",
    "Hero",
    "Look",
    "Profile",
    "Slot",
    "StoreOnPage",
    "TaxMode",
    "TaxTerms",
    "Terms",
    "announce",
    "change_logo",
    "change_look",
    "change_tax",
    "change_terms",
    "check_terms",
    "forget",
    "forget_store",
    "last_on_page",
    "look_of",
    "palette",
    "profile",
    "profile_for_page",
    "read_profile",
    "review",
    "theme_css",
    "touch",
    "write_hero",
]  # fmt: skip
