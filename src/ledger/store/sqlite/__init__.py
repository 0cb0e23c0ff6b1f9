"""The event store on SQLite: database, schema, recorder, statements."""
