"""One module per format; each turns a data file into tables."""
