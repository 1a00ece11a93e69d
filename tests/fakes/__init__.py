"""Strict stand-ins for the hosted providers: one server each, on a port of its own."""
