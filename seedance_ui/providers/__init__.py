"""Video providers, one file each."""
