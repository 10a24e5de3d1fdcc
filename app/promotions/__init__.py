"""Room: coupons, member levels and points: why a shopper pays less than the list says."""
