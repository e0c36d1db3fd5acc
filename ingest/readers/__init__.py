"""One module per format; each turns a data file into tables. `ingest.formats` knows which file needs which."""
