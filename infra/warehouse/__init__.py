"""Handing orders to cloud warehouses: a port, and one file per vendor."""
