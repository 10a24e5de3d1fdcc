"""Room: what merchants and hosts tell promoters."""
