"""The one file that ships: container, package, interpreter, reasons, record, signature."""
