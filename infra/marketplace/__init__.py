"""Port: platforms where the store sells too, and whose orders are read from them."""
