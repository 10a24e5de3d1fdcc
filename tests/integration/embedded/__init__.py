"""The embedded servers, really started."""
