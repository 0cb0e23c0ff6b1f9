"""Commands on KSeF itself."""
