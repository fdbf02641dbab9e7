"""DVC's cache and remotes: whether what lies there is what ``dvc.lock`` names, and mending it."""
