"""A stand-in for all tracking services: a real HTTP server that speaks their dialects and checks their signatures."""
