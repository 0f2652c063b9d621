"""The browser client: server-rendered pages with islands for diagrams and forms."""
