"""A cloud warehouse for rehearsal: speaks its vendors' dialects over real HTTP, ships nothing, forgets nothing."""
