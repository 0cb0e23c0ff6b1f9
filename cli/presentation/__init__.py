"""What both faces show: texts in two languages, tables, documents, charts, file formats."""
