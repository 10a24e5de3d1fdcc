"""The embedded services' own small parts, without servers."""
