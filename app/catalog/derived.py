"""What is kept on the product so that lists need one table: its price range and its cover."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants

# The regular price is shown only beside the lowest price, where the saving is true.
_PRICES = """
UPDATE product SET price_from_amount = range.lowest, price_to_amount = range.highest, compare_at_amount = range.regular
FROM (
    SELECT product, min(price_amount) AS lowest, max(price_amount) AS highest,
           (array_agg(compare_at_amount ORDER BY price_amount, position)
               FILTER (WHERE compare_at_amount > price_amount))[1] AS regular
    FROM variant WHERE active AND product = ANY($1::uuid[]) GROUP BY product
) AS range
WHERE product.id = range.product
"""
_COVERS = """
UPDATE product SET cover_key = cover.card_key, cover_thumb_key = cover.thumb_key, cover_alt = coalesce(cover.alt, '')
FROM (
    SELECT wanted.id AS product, picture.card_key, picture.thumb_key, picture.alt
    FROM unnest($1::uuid[]) AS wanted(id)
    LEFT JOIN LATERAL (
        SELECT coalesce(card_key, storage_key) AS card_key, coalesce(thumb_key, card_key, storage_key) AS thumb_key, alt
        FROM product_image WHERE product_image.product = wanted.id AND status = 'stored' ORDER BY position, id LIMIT 1
    ) AS picture ON true
) AS cover
WHERE product.id = cover.product
  AND (product.cover_key, product.cover_thumb_key, product.cover_alt)
      IS DISTINCT FROM (cover.card_key, cover.thumb_key, coalesce(cover.alt, ''))
"""


async def refresh_prices(products: Sequence[UUID]) -> None:
    await tenants.connection().execute(_PRICES, list(products))


async def refresh_covers(products: Sequence[UUID]) -> None:
    """The first stored picture is the cover; a product whose pictures are all pending has none."""
    await tenants.connection().execute(_COVERS, list(products))
