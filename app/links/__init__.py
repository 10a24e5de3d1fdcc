"""Room: tracked links, clicks and their totals."""
