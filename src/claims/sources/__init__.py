"""Raw claims from where they lie: databases, CSV, Parquet, JSON lines; bounded, without identifiers."""
