"""What a freight template must not say."""

from __future__ import annotations

from collections.abc import Mapping

from app.freight.templates import Region, Template
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import LARGEST_AMOUNT

LONGEST_NAME = 80
MOST_REGIONS = 60
MOST_AREAS = 100
MOST_UNITS = 10_000_000  # ten tons in grams


def check_template(template: Template) -> None:
    """Raises InvalidInput; fields of a region carry its place, `first_amount_2`, those of everywhere else `_0`."""
    wrong: dict[str, str] = {}
    if not 0 < len(template.name) <= LONGEST_NAME:
        wrong["name"] = N_("Give the template a name of up to 80 characters.")
    if len(template.regions) > MOST_REGIONS:
        wrong["rows"] = N_("This is too long.")
    if [region.country for region in template.regions].count("") != 1 or template.regions[-1].country:
        wrong["rows"] = N_("A template says once what happens everywhere else, in its last row.")
    if not any(region.delivers for region in template.regions):
        wrong["delivers_0"] = N_("A template has to deliver somewhere.")
    for place, region in enumerate(template.regions, 1):
        number = place if region.country else 0
        wrong |= {f"{field}_{number}": message for field, message in _wrong_in(region).items()}
    if wrong:
        raise InvalidInput(wrong)


def _wrong_in(region: Region) -> Mapping[str, str]:
    wrong: dict[str, str] = {}
    if len(region.areas) > MOST_AREAS or any(len(area) > LONGEST_NAME for area in region.areas):
        wrong["areas"] = N_("This is too long.")
    for field in ("first_units", "further_units"):
        if not 0 < getattr(region, field) <= MOST_UNITS:
            wrong[field] = N_("Enter more than zero.")
    for field in ("first_amount", "further_amount"):
        if not 0 <= getattr(region, field) <= LARGEST_AMOUNT:
            wrong[field] = N_("Enter an amount like 43.90.")
    for field in ("free_from_amount", "free_from_pieces"):
        value = getattr(region, field)
        if value is not None and not 0 < value <= LARGEST_AMOUNT:
            wrong[field] = N_("Enter more than zero.")
    if region.free_from_pieces is not None and region.free_from_pieces > MOST_UNITS:
        wrong["free_from_pieces"] = N_("This is too long.")
    return wrong
