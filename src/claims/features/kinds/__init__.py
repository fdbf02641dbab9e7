"""Feature kinds: one module each, found through `claims.features.kinds.registry`."""
