"""The conformance suite: does a server answer as the contract says? It knows no sandbox."""
