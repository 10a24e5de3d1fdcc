"""A cloud warehouse for rehearsal: speaks Jushuitan's dialect over real HTTP, ships nothing, forgets nothing."""
