"""Schema changes over many stores."""
