"""The program as somebody meets it who reads Polish and no English."""
