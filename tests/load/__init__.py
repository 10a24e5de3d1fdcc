"""Benchmarks: every figure beside a reference that anyone can run, in the same run (`make bench`)."""
