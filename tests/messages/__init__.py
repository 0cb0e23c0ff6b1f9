"""The catalogues of messages: what the code and Click say, and the tool that brings them up to date."""
