"""The shop itself: rooms, flows and faces."""
