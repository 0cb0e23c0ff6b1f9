"""Records of remote tools compared with sessions: which belongs to which, and what does not fit.

Plain structs in and out, instants are epoch seconds. Everything is sorted and swept, so that a year is
compared in about the time it takes to sort it.
"""
