"""Room: products, their variants, pictures and collections."""
