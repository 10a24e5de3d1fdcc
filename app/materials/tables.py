"""Rows of material packs: what is in them, what was published, and who used it."""

from piccolo.columns import JSONB, Array, BigInt, Date, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class MaterialPack(Table):
    """What promoters share about one product, campaign or session; `copies` and `templates` are the draft."""

    id = key()
    title = Text(default=None)
    product = reference("catalog", "Product", null=True)
    campaign = reference("group_buying", "Campaign", null=True)
    live_session = reference("live", "LiveSession", null=True)
    status = Text(default="draft")
    copies = JSONB(default="[]")
    templates = Array(base_column=Text(), default=list)
    ends_at = Timestamptz(default=None, null=True)
    version = Integer(default=0)
    stale_at = Timestamptz(default=None, null=True)
    stale_because = Text(default="")
    created_by = Text(default="")
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)


class MaterialFile(Table):
    """A picture or a video of a pack; one that was removed stays where published versions have it."""

    id = key()
    pack = reference("materials", "MaterialPack")
    kind = Text(default=None)
    extension = Text(default=None)
    file_key = Text(default=None)
    size_bytes = BigInt(default=None)
    added_at = Timestamptz(default=None)
    removed_at = Timestamptz(default=None, null=True)


class MaterialVersion(Table):
    """A pack as it was published; `basis` are the prices it speaks of."""

    id = key()
    pack = reference("materials", "MaterialPack")
    number = Integer(default=None)
    body = JSONB(default=None)
    basis = JSONB(default=None)
    note = Text(default="")
    published_by = Text(default=None)
    published_at = Timestamptz(default=None)
    version_of_a_pack_is_unique = Unique([pack, number])


class MaterialUse(Table):
    """How often a promoter did one thing with one version on one day."""

    id = key()
    pack = reference("materials", "MaterialPack")
    promoter = reference("promoters", "Promoter")
    kind = Text(default=None)
    version = Integer(default=None)
    day = Date(default=None)
    times = Integer(default=1)
    last_at = Timestamptz(default=None)
    used_once_a_day = Unique([pack, promoter, kind, version, day])


class MaterialLink(Table):
    """The link a promoter was given with a pack."""

    id = key()
    pack = reference("materials", "MaterialPack")
    promoter = reference("promoters", "Promoter")
    link = reference("links", "TrackedLink")
    given_at = Timestamptz(default=None)
    link_of_a_pack_is_unique = Unique([pack, promoter])
