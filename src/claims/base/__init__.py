"""What every room stands on: errors, strict models, documents, stages, drawing."""
