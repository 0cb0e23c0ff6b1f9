"""The event store on PostgreSQL: address, connection, schema, recorder, checks."""
