"""A payment provider for rehearsal: real HTTP, real signatures, no real money."""
