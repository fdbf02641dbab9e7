"""What the stages measured: one model a metrics file, shared by its writer and its readers."""
