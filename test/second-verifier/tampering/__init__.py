"""Synthetic and tampered exports: two verifiers have to agree about all of them."""
