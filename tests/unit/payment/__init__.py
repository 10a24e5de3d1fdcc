"""Payment providers: what can be known without asking them."""
