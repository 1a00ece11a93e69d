"""How the example media are drawn: a canvas, scenes on it, moving scenes, sounds."""
