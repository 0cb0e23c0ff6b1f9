"""What every face shows: texts in two languages, tables, documents, charts, file formats."""
