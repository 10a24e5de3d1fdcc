"""Room: touches and the decision whose sale a line was."""
