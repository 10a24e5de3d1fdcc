"""Room: what each promoter earns on each line."""
