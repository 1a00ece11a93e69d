"""Our own routes beside Gradio: job status, events, media, health, and the request guard."""
