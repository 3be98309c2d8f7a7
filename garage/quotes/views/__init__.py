"""Page doors of quotes, one module per room: prices on display, the staff's editor, the client's page."""
