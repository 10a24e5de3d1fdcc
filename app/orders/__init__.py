"""Room: carts, orders, their lines and every move of their state."""
