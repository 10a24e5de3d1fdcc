"""Room: shoppers' sessions."""
