"""Room: what delivery costs: templates by piece, weight and region."""
