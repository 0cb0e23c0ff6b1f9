"""Tables that several reports share."""
