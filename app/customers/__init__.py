"""Room: shoppers and where they live."""
