"""Room: people who may earn in this store."""
