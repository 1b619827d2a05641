"""How it looks on the wire: endpoints, request models, answer shapes."""
