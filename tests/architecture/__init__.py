"""Rules of the house that no import contract can express."""
