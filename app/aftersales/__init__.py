"""Room: returns, exchanges and claims with their deadlines."""
