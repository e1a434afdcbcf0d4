"""A verifier of Sluice's exports, written from docs/recording-format.md alone."""
