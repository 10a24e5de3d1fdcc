"""Rows of products, their variants, pictures and collections."""

from piccolo.columns import Array, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class Product(Table):
    """What is sold; a product has one or more variants."""

    id = key()
    handle = Text(default=None)
    title = Text(default=None)
    description_html = Text(default="")
    vendor = Text(default="")
    product_type = Text(default="")
    category = Text(default="")
    tags = Array(base_column=Text(), default=list)
    option_names = Array(base_column=Text(), default=list)
    status = Text(default="draft")
    seo_title = Text(default="")
    seo_description = Text(default="")
    search_text = Text(default="")
    gift_card = Boolean(default=False)
    freight_template = reference("freight", "FreightTemplate", null=True)
    cover_key = Text(default=None, null=True)
    cover_thumb_key = Text(default=None, null=True)
    cover_alt = Text(default="")
    price_from_amount = BigInt(default=0)
    price_to_amount = BigInt(default=0)
    compare_at_amount = BigInt(default=None, null=True)
    position = Integer(default=0)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    published_at = Timestamptz(default=None, null=True)
    product_handle_is_unique = Unique([handle])


class Variant(Table):
    """One thing a shopper can put into the cart, with its price."""

    id = key()
    product = reference("catalog", "Product", on_delete=OnDelete.cascade)
    position = Integer(default=None)
    title = Text(default=None)
    option_values = Array(base_column=Text(), default=list)
    sku = Text(default="")
    barcode = Text(default="")
    price_amount = BigInt(default=None)
    compare_at_amount = BigInt(default=None, null=True)
    cost_amount = BigInt(default=None, null=True)
    weight_grams = Integer(default=0)
    requires_shipping = Boolean(default=True)
    taxable = Boolean(default=True)
    image = plain_id(null=True)
    active = Boolean(default=True)


class ProductImage(Table):
    """A picture of a product; pending until its file is stored."""

    id = key()
    product = reference("catalog", "Product", on_delete=OnDelete.cascade)
    position = Integer(default=None)
    alt = Text(default="")
    source = Text(default="")
    storage_key = Text(default=None, null=True)
    card_key = Text(default=None, null=True)
    thumb_key = Text(default=None, null=True)
    share_key = Text(default=None, null=True)
    width = Integer(default=0)
    height = Integer(default=0)
    status = Text(default="pending")
    failure = Text(default="")
    created_at = Timestamptz(default=None)


class Collection(Table):
    """A shelf of the store."""

    id = key()
    handle = Text(default=None)
    title = Text(default=None)
    position = Integer(default=0)
    created_at = Timestamptz(default=None)
    collection_handle_is_unique = Unique([handle])


class CollectionProduct(Table):
    """One product's place on one shelf."""

    id = key()
    collection = reference("catalog", "Collection", on_delete=OnDelete.cascade)
    product = reference("catalog", "Product", on_delete=OnDelete.cascade)
    position = Integer(default=0)
    product_is_listed_once = Unique([collection, product])
