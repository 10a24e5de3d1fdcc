"""The room of coupons, levels and points."""
