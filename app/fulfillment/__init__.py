"""Room: warehouses, work orders and parcels."""
