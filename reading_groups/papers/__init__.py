"""Papers as people give them: by an identifier, BibTeX, an arXiv record, a link, or by hand."""
