"""Following parcels: a port, and one file per vendor."""
