"""Rows of freight templates and their regions."""

from piccolo.columns import Array, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class FreightTemplate(Table):
    """One way to charge for delivery; goods that share it travel together."""

    id = key()
    name = Text(default=None)
    charged_by = Text(default=None)
    is_default = Boolean(default=False)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    freight_template_name_is_unique = Unique([name])


class FreightRegion(Table):
    """What a template costs in one part of the world; one without a country is everywhere else."""

    id = key()
    template = reference("freight", "FreightTemplate", on_delete=OnDelete.cascade)
    position = Integer(default=None)
    country = Text(default="")
    areas = Array(base_column=Text(), default=list)
    delivers = Boolean(default=True)
    first_units = Integer(default=1)
    first_amount = BigInt(default=0)
    further_units = Integer(default=1)
    further_amount = BigInt(default=0)
    free_from_amount = BigInt(default=None, null=True)
    free_from_pieces = Integer(default=None, null=True)
    freight_region_position_is_unique = Unique([template, position])
