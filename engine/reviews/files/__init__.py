"""How records and tables are read and written: TOML, JSON, CSV, XLSX."""
