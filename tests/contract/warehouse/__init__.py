"""The warehouse simulator keeps the promises of the warehouse port."""
