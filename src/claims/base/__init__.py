"""What every room stands on: errors, strict models, documents, files written whole, masked URLs, stages."""
