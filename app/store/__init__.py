"""Room: the store's own profile and look."""
