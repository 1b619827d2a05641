"""What a person sees in the browser: authorize, permissions, relink, and our own start page."""
