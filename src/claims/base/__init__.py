"""What every room stands on: errors, strict models, documents, files written whole, URLs without secrets, stages."""
